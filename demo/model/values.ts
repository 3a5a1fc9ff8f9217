import type { Expectation } from "#core/manifest/item.ts";
import type { Place, ProvidedValue, Wander, Weight } from "#demo/model/model.ts";

/** What the owners of devices publish in facts.d, and what the manifest expects of it. Ranges from field-service.md §3.1 and §3.2. */
type Value = ProvidedValue["value"];
type Given = { unit?: string; item?: NonNullable<ProvidedValue["item"]> };

function value(owner: string, id: string, of: Value, { unit, item }: Given = {}): ProvidedValue {
  return { owner, id, unit: unit ?? null, value: of, item: item ?? null };
}

const equal = (want: string | number | boolean): Expectation => ({ op: "eq", want });
const between = (min: number | null, max: number | null): Expectation => ({
  op: "range",
  want: { min, max },
});
const around = (middle: number, spread: number, decimals = 1): Wander => ({ middle, spread, decimals });

type Where = Place & Weight;
const rp = (part: string): Where => ({ class: "function", block: "daq", part, link: "network" });

/** The Red Pitaya cluster behind the gateway: image and client versions, status byte in words, and its calibration. */
export function redPitayas(boards: number): ProvidedValue[] {
  const names = Array.from({ length: boards }, (_, at) => `rp-${at + 1}`);
  const owner = "daq-gateway";
  return [
    ...names.flatMap((name) => [
      value(owner, `${name}.image`, 11, {
        item: { id: `daq.${name}.image`, expect: equal(11), ...rp(name) },
      }),
      value(owner, `${name}.status`, "ok", {
        item: { id: `daq.${name}.status`, expect: equal("ok"), ...rp(name) },
      }),
      value(owner, `${name}.temperature`, around(51, 2.5), { unit: "°C" }),
    ]),
    value(owner, "client.version", 11, {
      item: { id: "daq.client", expect: equal(11), class: "function", block: "services" },
    }),
    value(owner, "calibration.age", "calibration-days", {
      unit: "d",
      item: {
        id: "daq.calibration.age",
        expect: between(0, 180),
        class: "function",
        block: "daq",
        part: "calibration",
      },
    }),
    value(owner, "calibration.version", 11),
  ];
}

export function iselRobot(): ProvidedValue[] {
  const isel: Where = { class: "function", block: "motion", part: "isel", link: "serial" };
  return [
    value("motiond", "isel.state", "ready", {
      item: { id: "motion.isel.state", expect: equal("ready"), ...isel },
    }),
    value("motiond", "isel.referenced", true, {
      item: { id: "motion.isel.referenced", expect: equal(true), ...isel, class: "info" },
    }),
    value("motiond", "isel.parked", true),
  ];
}

export function galilTable(): ProvidedValue[] {
  const galil: Where = { class: "function", block: "motion", part: "galil", link: "network" };
  return [
    value("motiond", "galil.state", "ready", {
      item: { id: "motion.galil.state", expect: equal("ready"), ...galil },
    }),
    value("motiond", "galil.discovery", around(42, 6, 0), {
      unit: "ms",
      item: { id: "motion.galil.discovery", expect: between(0, 300), ...galil, class: "info" },
    }),
    value("motiond", "galil.axis-x", around(0, 0.2, 2), { unit: "mm" }),
  ];
}

export function amplifiers(sides: readonly string[]): ProvidedValue[] {
  return sides.flatMap((side) => {
    const where: Where = { class: "function", block: "electronics", part: side, link: "serial" };
    return [
      value("amplifierd", `${side}.temperature`, around(41, 3), {
        unit: "°C",
        item: { id: `electronics.${side}.temperature`, expect: between(5, 75), ...where },
      }),
      value("amplifierd", `${side}.state`, "ready"),
    ];
  });
}

export function supplies(names: readonly string[]): ProvidedValue[] {
  return names.flatMap((name) => [
    value("amplifierd", `${name}.voltage`, around(50, 0.3, 2), {
      unit: "V",
      item: {
        id: `electronics.${name}.voltage`,
        expect: between(48.5, 51.5),
        class: "function",
        block: "electronics",
        part: name,
        link: "serial",
      },
    }),
  ]);
}

/** Heated zones: they are held at 45 to 57 °C, protection trips between 63 and 68 °C. */
export function zones(count: number): ProvidedValue[] {
  return Array.from({ length: count }, (_, at) => {
    const name = `zone-${at + 1}`;
    return value("temperatured", `${name}.temperature`, around(50, 2), {
      unit: "°C",
      item: {
        id: `su.${name}.temperature`,
        expect: between(10, 63),
        class: "function",
        block: "surveillance",
        part: name,
        link: "serial",
      },
    });
  });
}

export function chiller(): ProvidedValue[] {
  const cooling: Where = { class: "function", block: "cooling", part: "chiller", link: "network" };
  return [
    value("coolingd", "chiller.supply", around(18, 0.8), {
      unit: "°C",
      item: { id: "cooling.supply", expect: between(16, 20), ...cooling },
    }),
    value("coolingd", "chiller.flow", around(8.2, 0.6), {
      unit: "L/min",
      item: { id: "cooling.flow", expect: between(6, null), ...cooling },
    }),
    value("coolingd", "leak", false),
  ];
}

export function surveillanceUnit(): ProvidedValue[] {
  const survbox = { class: "safety", block: "surveillance", part: "survbox", link: "serial" } as const;
  return [
    value("safetyd", "survbox.ident", "SURVBOX:3", {
      item: { id: "su.ident", expect: equal("SURVBOX:3"), ...survbox, riskControlId: "RC-004" },
    }),
    value("safetyd", "survbox.surveillance", "enabled", {
      item: { id: "su.surveillance", expect: equal("enabled"), ...survbox, riskControlId: "RC-012" },
    }),
    value("safetyd", "survbox.cycle-time", around(8, 0.6), { unit: "ms" }),
  ];
}

export const PTP_OFFSET: ProvidedValue = value("ptp4l", "offset", around(0, 4), {
  unit: "µs",
  item: { id: "ptp.offset", expect: between(-50, 50), class: "config", block: "services" },
});

/** Lake Shore field probe and other boxes on the scanner's own network. */
export function fieldProbe(): ProvidedValue[] {
  const where: Where = { class: "info", block: "auxiliary", part: "field-probe", link: "network" };
  return [
    value("daq-gateway", "field-probe.ident", "LSCI,MODELF71", {
      item: { id: "aux.field-probe.ident", expect: equal("LSCI,MODELF71"), ...where },
    }),
  ];
}
