"use client";
import { FailedPage } from "#app/shell/failure-pages.tsx";

type Props = { error: unknown; retry: () => void };

export default function PageError({ error, retry }: Props) {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : undefined;
  return <FailedPage digest={digest} retry={retry} />;
}
