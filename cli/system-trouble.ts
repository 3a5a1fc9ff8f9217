import { errorCode, messageOf } from "#agent/link/durable.ts";

/** What a person can do about it; files are written beside their name and renamed, so that what was there before is whole. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: "The disk is full. Make room and run the same again: nothing is half-written.",
  EDQUOT: "Your quota on this disk is used up. Make room and run the same again: nothing is half-written.",
  EROFS: "This place can only be read. Choose another, or mount it so that it can be written to.",
  EACCES: "You may not do that there. Run it as the user whose folder it is, or choose another folder.",
  EPERM: "You may not do that there. Run it as the user whose folder it is, or choose another folder.",
  ENOENT: "A file or folder that is needed is not there, or none can be made there.",
  ENOTDIR: "A part of the path is a file, not a folder.",
  EISDIR: "That is a folder; a file is needed there.",
  EMFILE: "Too many files are open at once: raise the limit (ulimit -n) and run it again.",
  EIO: "The disk does not read or write. Nothing on it should be trusted before it was looked at.",
};

/** What the operating system refused, in words for whoever runs the program; null: the error is none of its. */
export function systemTrouble(error: unknown): string | null {
  if (!(error instanceof Error) || !("syscall" in error)) return null;
  const advice = ADVICE[errorCode(error)];
  return advice === undefined ? null : `${advice} (${messageOf(error)})`;
}
