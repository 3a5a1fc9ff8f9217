import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { expect, test } from "vitest";

function start(flags: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/start.mjs", ...flags], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

test("an unknown flag is one sentence and exit 1", () => {
  const { status, stderr } = start(["--demmo"]);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `Unknown option '--demmo'. "npm start -- --help" lists the options.\n`,
  });
});

test("--help lists every flag and setting and starts nothing", () => {
  const { status, stdout } = start(["--help"]);
  expect(status).toBe(0);
  for (const word of [
    "--empty",
    "--dev",
    "PORT",
    "HOST",
    "FIDUCIAL_DATA",
    "DATABASE_URL",
    "FIDUCIAL_TLS_CERT",
  ])
    expect(stdout).toContain(word);
});

test("an occupied port is one sentence and exit 1, before anything is built", async () => {
  const other = createServer();
  // The child answers from another process, so this one need not be free to run while it waits.
  const port = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
  });
  const { status, stdout, stderr } = start(["--empty"], { PORT: String(port), HOST: "127.0.0.1" });
  await new Promise((resolve) => other.close(resolve));
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: "",
    stderr: `Port ${port} on 127.0.0.1 is taken: stop what listens there, or choose another with PORT.\n`,
  });
});
