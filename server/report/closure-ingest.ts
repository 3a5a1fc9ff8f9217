import type { ClosureUpload } from "#core/closure/upload.ts";
import type { Acknowledgement } from "#core/protocol/acknowledgement.ts";
import type { Facts } from "#core/report/report.ts";
import { Refused } from "#server/agent-api/checks.ts";
import { checkIdentity } from "#server/agent-api/identity-check.ts";
import type { Verified } from "#server/agent-api/messages.ts";
import { storeClosure } from "#server/closure/service.ts";
import { plainAck } from "#server/report/acknowledge.ts";
import { lockScannerWithFacts } from "#server/report/reads-store.ts";
import type { ReportDeps } from "#server/report/report-deps.ts";

/** Takes the path list of a closure that this scanner reported (SEE-2); acknowledged after the commit. */
export async function storeClosureUpload(
  deps: ReportDeps,
  message: Verified<ClosureUpload>,
): Promise<Acknowledgement> {
  const { key, value, receivedAtMs } = message;
  await deps.withScope({ siteIds: [key.scope.siteId] }, async (tx) => {
    const scanner = await lockScannerWithFacts(tx, key.scannerId);
    if (scanner === null) throw new Refused("key");
    checkIdentity(scanner.identity);
    const { closureDigests } = (scanner.state?.facts ?? {}) as Facts;
    const reported = closureDigests?.state === "observed" ? closureDigests.value : [];
    const { organisationId } = key.scope;
    await storeClosure(tx, { scannerId: key.scannerId, organisationId }, value, reported);
  });
  deps.nudge.scanners([key.scannerId], key.scope.siteId);
  return plainAck(receivedAtMs, deps.directorVersion(key.scannerId));
}
