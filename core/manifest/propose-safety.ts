import { type Draft, draft, idPart, note } from "#core/manifest/draft.ts";
import { bypassNames } from "#core/manifest/read-safety.ts";
import { SAFETY_SILENT_MS } from "#core/protocol/timing.ts";
import type { FactValue } from "#core/report/kinds.ts";
import type { Facts } from "#core/report/report.ts";

type LastState = NonNullable<FactValue<"safety">["last"]>;

/**
 * Only where a safety daemon was heard (SEE-11). Protection is proposed as it should be, not as it happens to be: an open chain
 * or a bypass of this moment is noted and never becomes what is expected.
 */
export function proposeSafety(facts: Facts): Draft[] {
  if (facts.safety?.state !== "observed") return [];
  const { link, last, daemon, version } = facts.safety.value;
  if (last === null) return [];
  const quiet = link === "connected" ? null : note("not-seen-now");
  return [
    ...draft(
      { id: "safety.link", kind: "safety-link", class: "safety", expect: { op: "eq", want: "connected" } },
      quiet,
    ),
    ...draft(
      {
        id: "safety.heartbeat-age",
        kind: "safety-heartbeat-age",
        class: "safety",
        unit: "ms",
        expect: { op: "range", want: { min: null, max: SAFETY_SILENT_MS } },
      },
      quiet,
    ),
    ...bypasses(last),
    ...last.chain.flatMap(chainElement),
    ...limits(last),
    ...named("name", daemon),
    ...named("version", version),
  ];
}

function bypasses(last: LastState): Draft[] {
  const now = bypassNames(last).length > 0 ? note("bypassed-now") : null;
  return draft(
    { id: "safety.bypasses", kind: "safety-bypasses", class: "safety", expect: { op: "eq", want: 0 } },
    now,
  );
}

function chainElement({ id, state }: LastState["chain"][number]): Draft[] {
  return draft(
    {
      id: `safety.chain.${idPart(id)}`,
      kind: "safety-chain",
      args: { element: id },
      class: "safety",
      expect: { op: "eq", want: "closed" },
    },
    state === "closed" ? null : note("chain-not-closed-now"),
  );
}

function limits({ limitsHash }: LastState): Draft[] {
  if (limitsHash === null) return [];
  return draft({
    id: "safety.limits",
    kind: "safety-limits",
    class: "safety",
    expect: { op: "eq", want: limitsHash },
  });
}

function named(field: "name" | "version", value: string | null): Draft[] {
  if (value === null) return [];
  return draft({
    id: `safety.daemon.${field}`,
    kind: "safety-daemon",
    args: { field },
    class: "config",
    expect: { op: "eq", want: value },
  });
}
