import type { ChainElement, SafetyModel } from "#demo/model/model.ts";

/** Elements in the order of the wiring (field-service.md §3.2); those that are a risk control of their own carry its number. */
const ELEMENTS: readonly ChainElement[] = [
  { id: "estop", label: "Emergency stop", riskControlId: "RC-002" },
  { id: "door", label: "Cabin door", riskControlId: "RC-003" },
  { id: "hood", label: "Bore hood", riskControlId: null },
  { id: "flow", label: "Chiller flow", riskControlId: "RC-006" },
  { id: "leak", label: "Leak sensor", riskControlId: null },
  { id: "over-temp", label: "Over-temperature", riskControlId: "RC-007" },
  { id: "amp-left", label: "Amplifier left", riskControlId: null },
  { id: "amp-right", label: "Amplifier right", riskControlId: null },
  { id: "lna-supply", label: "LNA supply", riskControlId: "RC-009" },
  { id: "daq-watchdog", label: "DAQ watchdog", riskControlId: "RC-010" },
  { id: "gui-watchdog", label: "Operator watchdog", riskControlId: null },
];

/** `without`: what a model does not have. */
export function safety(version: string, without: readonly string[] = []): SafetyModel {
  return {
    daemon: "safetyd",
    version,
    unit: "safetyd.service",
    chain: ELEMENTS.filter(({ id }) => !without.includes(id)),
  };
}
