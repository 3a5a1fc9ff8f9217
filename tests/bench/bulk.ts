/** One package of tests/system/stand-in/bulk.nix; `needs`: places before it. */
export type BulkPackage = { name: string; kib: number; needs: number[] };

/** How far the logarithm of a size reaches: with 1.1 the largest of 600 holds a tenth of all bytes, and half of them are small. */
const SPREAD = 1.1;
const LEAST_KIB = 4;

/**
 * Packages of sizes as a closure's are (log-logistic: many small ones, few that hold most of the bytes), large and small mixed, each
 * standing on a few before it. The same for the same arguments.
 * @param totalMib reached to within a few per cent
 */
export function bulkPackages(label: string, count: number, totalMib: number): BulkPackage[] {
  const weights = Array.from({ length: count }, (_, index) => {
    const share = (index + 0.5) / count;
    return (share / (1 - share)) ** SPREAD;
  });
  const sum = weights.reduce((all, one) => all + one, 0);
  const sizes = weights.map((one) => Math.max(LEAST_KIB, Math.round((one / sum) * totalMib * 1024)));
  const stride = coprime(count);
  return sizes.map((_, index) => ({
    name: `package-${label}-${index}`,
    kib: sizes[(index * stride) % count] ?? LEAST_KIB,
    needs: [...new Set([Math.floor(index / 2), Math.floor(index / 3)])].filter((one) => one < index),
  }));
}

/** About the golden section of it, so that neighbours in size end far apart. */
function coprime(count: number): number {
  const divides = (a: number, b: number): number => (b === 0 ? a : divides(b, a % b));
  let stride = Math.max(1, Math.round(count * 0.618));
  while (divides(stride, count) !== 1) stride += 1;
  return stride;
}
