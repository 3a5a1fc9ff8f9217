/**
 * How long a simulated scanner takes for what a real one needs minutes for: bringing gigabytes and booting. What the change machine
 * itself waits for (probation, patience, gates) is not sped up. Milliseconds.
 */
export type Pace = {
  download: number;
  /** Between two words about how far the download is. */
  tick: number;
  /** Each act on the disk: copying, proving, writing a boot entry. */
  work: number;
  boot: number;
  /** Milliseconds of this program for each that the change machine waits: 1, unless the host's clock is another, too. */
  wait: number;
};

export const WATCHABLE: Pace = { download: 12_000, tick: 1_500, work: 1_200, boot: 7_000, wait: 1 };
