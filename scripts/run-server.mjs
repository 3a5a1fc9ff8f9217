// Runs the bundled server as it is: what `npm start` ends in, the development server repeats, and a service manager calls.
import { serverBundle } from "./build-steps.mjs";
import { runSigner } from "./run-signer.mjs";

runSigner();
try {
  await import(serverBundle);
} catch (error) {
  // A StartError's message is one sentence for the person at the terminal; the bundle brings its own copy of the class.
  if (!(error instanceof Error) || error.name !== "StartError") throw error;
  console.error(error.message);
  process.exitCode = 1;
}
