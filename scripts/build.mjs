// `npm run build`: installs what is missing and builds what changed.
import { buildAll, ensureInstalled } from "./build-steps.mjs";
import { StepError } from "./step.mjs";

try {
  await ensureInstalled();
  await buildAll();
} catch (error) {
  if (!(error instanceof StepError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
