import type { Service } from "#core/headline/axes.ts";

/** The mark a person put on a scanner. `serviceUntilMs`: when it ends by itself; null or missing: when somebody takes it off. */
export type ServiceMark = { service: Service; serviceUntilMs?: number | null };

/**
 * Whether a scanner is in service at a moment. A maintenance mark with an end needs nobody to take it off, so one that was forgotten
 * hides nothing later; out of service and retired last until a person says otherwise.
 */
export function serviceAt({ service, serviceUntilMs }: ServiceMark, nowMs: number): Service {
  const ends = service === "maintenance" ? (serviceUntilMs ?? null) : null;
  return ends !== null && nowMs > ends ? "in-service" : service;
}

/** When the mark ends by itself, as long as it holds; null: not by time. */
export function serviceEndsMs(mark: ServiceMark, nowMs: number): number | null {
  return serviceAt(mark, nowMs) === "maintenance" ? (mark.serviceUntilMs ?? null) : null;
}
