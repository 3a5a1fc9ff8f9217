import { createHash } from "node:crypto";
import { trip } from "#demo/fault/device-faults.ts";
import { fault, hasSafety, loseValue, setUnit, setValue } from "#demo/fault/fault.ts";

/** What the safety chain sees, and what happens to the one who watches it (field-service.md §3.2). */
const UNIT = "safetyd.service";

export const F08 = fault("F08", {
  title: "Overheat zone 3",
  sentence:
    "Zone 3 reached 68 °C; over-temperature protection acted and holds the scanner in its safe state.",
  word: "unsafe",
  variant: "tripped",
  needs: hasSafety,
  alter: (picture) => {
    setValue(picture, "temperatured/zone-3.temperature", 68);
    trip(picture, "over-temp");
  },
});

export const F09 = fault("F09", {
  title: "Break a thermistor",
  sentence:
    "The thermistor of zone 3 is open (sensor error 2); the safety daemon ended rather than watch without it.",
  word: "unsafe",
  needs: hasSafety,
  alter: (picture, sinceMs) => {
    loseValue(picture, "temperatured/zone-3.temperature");
    if (picture.safety !== null) picture.safety.process = "gone";
    setUnit(picture, UNIT, { active: "failed", sub: "failed", result: "exit-code", mainStatus: 2, sinceMs });
  },
});

export const F10 = fault("F10", {
  title: "Slow the chiller",
  sentence: "The chiller's flow fell to 2.1 L/min; the flow switch opened the chain.",
  word: "unsafe",
  variant: "tripped",
  needs: hasSafety,
  alter: (picture) => {
    setValue(picture, "coolingd/chiller.flow", 2.1);
    trip(picture, "flow");
  },
});

export const F11 = fault("F11", {
  title: "Switch surveillance off",
  sentence:
    "A developer switched the surveillance unit off for a measurement and left it so: nothing would shut down.",
  word: "unsafe",
  needs: hasSafety,
  alter: (picture) => {
    setValue(picture, "safetyd/survbox.surveillance", "disabled");
    if (picture.safety === null) return;
    picture.safety.state = "bypassed";
    picture.safety.bypasses = ["surveillance"];
  },
});

export const F12 = fault("F12", {
  title: "Crash a safety daemon",
  sentence: "The safety daemon crashes at every start; systemd has restarted it seven times.",
  word: "unsafe",
  needs: hasSafety,
  alter: (picture, sinceMs) => {
    if (picture.safety !== null) picture.safety.process = "gone";
    setUnit(picture, UNIT, {
      active: "activating",
      sub: "auto-restart",
      result: "core-dump",
      restarts: 7,
      mainStatus: 139,
      sinceMs,
    });
  },
});

export const F13 = fault("F13", {
  title: "Edit the safety limits",
  sentence: "Somebody edited the limits file by hand; the daemon runs with limits that nobody released.",
  word: "unsafe",
  needs: hasSafety,
  alter: (picture) => {
    if (picture.safety === null) return;
    picture.safety.state = "config-mismatch";
    picture.safety.limitsHash = createHash("sha256")
      .update(`edited ${picture.safety.limitsHash}`)
      .digest("hex");
  },
});

export const F26 = fault("F26", {
  title: "Press an e-stop",
  sentence:
    "Somebody pressed the emergency stop while cleaning; it is released and acknowledged on site only.",
  word: "unsafe",
  variant: "tripped",
  needs: hasSafety,
  alter: (picture) => trip(picture, "estop"),
});
