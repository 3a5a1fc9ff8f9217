/** What may happen at once, in all and for one address, so that one that is slow keeps nobody waiting. */
export type Slots = {
  /** @returns the way to give the slot back; null: there is none left */
  take: (address: string) => (() => void) | null;
};

export function createSlots(most: number, mostOfOne: number): Slots {
  const taken = new Map<string, number>();
  let all = 0;
  return {
    take: (address) => {
      const mine = taken.get(address) ?? 0;
      if (all >= most || mine >= mostOfOne) return null;
      all += 1;
      taken.set(address, mine + 1);
      return () => {
        all -= 1;
        const left = (taken.get(address) ?? 1) - 1;
        if (left === 0) taken.delete(address);
        else taken.set(address, left);
      };
    },
  };
}
