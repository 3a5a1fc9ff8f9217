import { type AgentConfig, loadConfig, readCaFile } from "#agent/config.ts";
import { loadIdentity } from "#agent/link/identity.ts";
import { generateKeyPem, signingKey } from "#agent/link/keys.ts";
import { LinkError } from "#agent/link/link-error.ts";
import { createTransport } from "#agent/link/transport.ts";
import { TROUBLES } from "#agent/link/trouble.ts";
import { checkSafety } from "./check-safety.ts";
import { EXIT } from "./exit.ts";
import { knownKinds } from "./known.ts";
import { lookOnce } from "./once.ts";
import { FOLDER_OPTIONS, FOLDER_USAGE, folderFlags, type Given, textOf, type Verb } from "./verb.ts";

export const verb: Verb = {
  usage: `Usage: fiducial check [safety-socket [PATH] | facts | connection] [option...]

safety-socket   listens to a safety daemon for some seconds and says what it does not do as agreed (docs/safety-socket.md)
facts           looks at this machine once and names every fact that is unknown, with the reason
connection      reaches the server through proxy and TLS and checks that it is the one this machine is enrolled with
Without a name: all three. Exit status 0: nothing to complain about.

  --server URL           connection: this server, for a machine that is not enrolled
${FOLDER_USAGE}`,
  options: { ...FOLDER_OPTIONS, server: { type: "string" } },
  run: check,
};

const CHECKS: Readonly<Record<string, (config: AgentConfig, given: Given) => Promise<number>>> = {
  "safety-socket": (config, given) => checkSafety(given.positionals[1] ?? config.safetySocket),
  facts: checkFacts,
  connection: checkConnection,
};

async function check(given: Given): Promise<number> {
  const config = loadConfig("by-hand", folderFlags(given));
  const [name] = given.positionals;
  if (name === undefined) return checkAll(config, given);
  const one = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
  if (one === undefined)
    throw new LinkError(
      "bad-config",
      `there is no check "${name}"; there are ${Object.keys(CHECKS).join(", ")}.`,
    );
  return one(config, given);
}

async function checkAll(config: AgentConfig, given: Given): Promise<number> {
  let worst: number = EXIT.ok;
  for (const [name, one] of Object.entries(CHECKS)) {
    process.stdout.write(`${name}\n`);
    const status = await one(config, given).catch((error: unknown) => {
      if (!(error instanceof LinkError)) throw error;
      process.stdout.write(`  ${error.message}\n`);
      return EXIT.problem;
    });
    if (status !== EXIT.ok) worst = EXIT.problem;
  }
  return worst;
}

async function checkFacts(config: AgentConfig): Promise<number> {
  const facts = await lookOnce(config);
  process.stdout.write(`${knownKinds(facts).join("\n")}\n`);
  const unknown = Object.values(facts).some((fact) => fact.state === "unknown");
  return unknown ? EXIT.problem : EXIT.ok;
}

/**
 * Sends a signed heartbeat that says nothing and must be refused. The refusal proves the whole way (name, proxy, TLS, the
 * server's own signature), without disturbing the count of a running agent.
 */
async function checkConnection(config: AgentConfig, given: Given): Promise<number> {
  const transport = createTransport({
    ...(await whom(config, given)),
    proxy: config.proxy,
    extraCa: readCaFile(config.caFile),
  });
  const answer = await transport.send("heartbeat", Buffer.from("{}"));
  transport.close();
  if (transport.proxy !== null) process.stdout.write(`  through the proxy ${transport.proxy}\n`);
  if (answer.kind === "trouble") {
    process.stdout.write(`  not reached: ${TROUBLES[answer.trouble.reason]} (${answer.trouble.detail})\n`);
    return EXIT.unreachable;
  }
  const refused = answer.kind === "refused" ? answer.code : null;
  if (refused === "wrong-schema") {
    process.stdout.write("  reached: the enrolled server answered, signed, and knows this scanner's key\n");
    return EXIT.ok;
  }
  if (refused === "unknown-key" && textOf(given, "server") !== undefined) {
    process.stdout.write("  reached: a Fiducial server answered; which one is only known after enrolment\n");
    return EXIT.ok;
  }
  process.stdout.write(
    `  reached, but: ${answer.kind === "refused" ? `${answer.message} (${answer.code})` : "an answer to nothing"}\n`,
  );
  return EXIT.refused;
}

async function whom(config: AgentConfig, given: Given) {
  const serverUrl = textOf(given, "server");
  if (serverUrl !== undefined)
    return { serverUrl, key: signingKey(generateKeyPem()), serverKey: { believe: () => true } };
  const { identity, key } = await loadIdentity(config.stateDir);
  return { serverUrl: identity.serverUrl, key, serverKey: { pinned: identity.serverPublicKey } };
}
