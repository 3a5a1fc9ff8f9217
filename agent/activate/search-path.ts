/**
 * Where programs are looked for: exactly what nix/modules/agent.nix gives to the units. What a person's shell or sudo would find stays
 * outside, so that a way back asked for by hand does its work with the same programs as one that the server asked for.
 */
export const SEARCH_PATH = "/run/current-system/sw/bin:/usr/local/bin:/usr/bin:/bin";
