import { fault, loseValue, setUnit, setValue } from "#demo/fault/fault.ts";
import type { Picture } from "#demo/host/picture.ts";
import { GPU_ADDRESS, HEATING_LINK, SURVEILLANCE_LINK } from "#demo/model/devices.ts";
import type { Model } from "#demo/model/model.ts";

const publishes =
  (of: string) =>
  ({ provided }: Model): boolean =>
    provided.some(({ owner, id }) => `${owner}/${id}` === of);

/** Drivers, boards, motors and cards: what is broken is a device or the program that drives it. */
export const F02 = fault("F02", {
  title: "Lose the graphics card",
  sentence: "Xid 79: the GPU has fallen off the bus; its PCI device and its node are gone.",
  word: "degraded",
  alter: (picture) => {
    picture.pci = picture.pci.filter(({ address }) => address !== GPU_ADDRESS);
    picture.nodes = picture.nodes.filter(({ path }) => path !== "/dev/nvidia0");
    picture.xids = [79];
  },
});

export const F03 = fault("F03", {
  title: "Leave out the DAQ driver",
  sentence:
    "After a kernel update the comedi modules are not loaded: the NI card is there, and nothing drives it.",
  word: "degraded",
  alter: (picture) => {
    picture.modules = picture.modules.filter(({ versionOf }) => versionOf !== "comedi");
    picture.pci = picture.pci.map((one) => (one.driver === "ni_pcimio" ? { ...one, driver: null } : one));
    picture.nodes = picture.nodes.filter(({ path }) => !path.startsWith("/dev/comedi"));
  },
});

export const F04 = fault("F04", {
  title: "Swap two serial ports",
  sentence:
    "The heating unit answers where the surveillance unit is expected: the two USB ports were swapped.",
  word: "unsafe",
  needs: publishes("safetyd/survbox.ident"),
  alter: (picture) => {
    const other: Record<string, string> = {
      [SURVEILLANCE_LINK]: "../../ttyACM1",
      [HEATING_LINK]: "../../ttyACM0",
    };
    picture.nodes = picture.nodes.map((one) => ({ ...one, target: other[one.path] ?? one.target }));
    setValue(picture, "safetyd/survbox.ident", "HEATINGUNIT:1");
  },
});

export const F05 = fault("F05", {
  title: "Put an old image on a Red Pitaya",
  sentence: "Red Pitaya 2 came back from repair with FPGA image 10; client and the other boards are at 11.",
  word: "degraded",
  alter: (picture) => setValue(picture, "daq-gateway/rp-2.image", 10),
});

export const F06 = fault("F06", {
  title: "Hang a Red Pitaya",
  sentence:
    "Red Pitaya 2 does not echo its watchdog within 50 ms; the surveillance unit cut the power and holds the trip.",
  word: "unsafe",
  variant: "tripped",
  needs: ({ safety }) => safety !== null,
  alter: (picture) => {
    setValue(picture, "daq-gateway/rp-2.status", "not-answering");
    for (const lost of ["image", "temperature"]) loseValue(picture, `daq-gateway/rp-2.${lost}`);
    trip(picture, "daq-watchdog");
  },
});

export const F07 = fault("F07", {
  title: "Lose samples",
  sentence: "Red Pitaya 1 reports lost steps and overwritten samples; acquisitions fail.",
  word: "degraded",
  alter: (picture) => setValue(picture, "daq-gateway/rp-1.status", "lost-steps overwritten"),
});

export const F23 = fault("F23", {
  title: "Drive into a limit switch",
  sentence: "The isel robot ran into a limit switch (answer 2) and lost its reference.",
  word: "degraded",
  needs: publishes("motiond/isel.state"),
  alter: (picture) => {
    setValue(picture, "motiond/isel.state", "error 2: limit switch");
    setValue(picture, "motiond/isel.referenced", false);
    setValue(picture, "motiond/isel.parked", false);
  },
});

export const F24 = fault("F24", {
  title: "Stop the motor service",
  sentence: "gcaps does not run: the Galil controller is only found the slow way, and needs root.",
  word: "degraded",
  needs: ({ units }) => units.some(({ name }) => name === "gcaps.service"),
  alter: (picture, sinceMs) => {
    setUnit(picture, "gcaps.service", {
      active: "failed",
      sub: "failed",
      result: "exit-code",
      mainStatus: 1,
      restarts: 5,
      sinceMs,
    });
    setValue(picture, "motiond/galil.discovery", 1_040);
  },
});

export const F25 = fault("F25", {
  title: "Shift the PTP clock",
  sentence: "A switch on the way adds 4 ms to the PTP offset; 50 µs are allowed.",
  word: "drifted",
  alter: (picture) => setValue(picture, "ptp4l/offset", 4_012.6),
});

/** The daemon acted: one element of the chain is open, permission is gone until somebody acknowledges it on site. */
export function trip({ safety }: Picture, element: string): void {
  if (safety === null) return;
  safety.chain = { ...safety.chain, [element]: "open" };
  safety.state = "tripped";
  safety.latched = true;
  safety.permission = false;
}
