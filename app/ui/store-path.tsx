"use client";
import { useWords } from "#app/viewer.tsx";
import { isStorePath, storePathParts } from "#core/closure/store-path.ts";
import { CopyButton } from "./copy.tsx";

const SHOWN_HASH = 6;

/**
 * A store path as people read it: hash dimmed and shortened, name whole and never cut within a word. What is not a store
 * path (a hand-made link, another store) is shown as it came.
 */
export function StorePath({ path, copy = true }: { path: string; copy?: boolean }) {
  const { t } = useWords();
  const known = isStorePath(path);
  const { hash, name } = known ? storePathParts(path) : { hash: "", name: path };
  return (
    <span className="path" title={path}>
      <bdi className="name">
        {hash !== "" && <span className="hash">{hash.slice(0, SHOWN_HASH)}… </span>}
        <Breakable text={name} />
      </bdi>
      {copy && <CopyButton text={path} label={t("copy.path", { name })} />}
    </span>
  );
}

/** Lets a long name wrap after a dash, a dot or a slash, never inside a word. */
export function Breakable({ text }: { text: string }) {
  const parts = text.split(/(?<=[-./_:@])/);
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one immutable string have no other identity
  return parts.map((part, index) => [part, <wbr key={index} />]);
}
