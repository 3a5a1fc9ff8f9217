import { BACKGROUND_HEADER } from "#core/protocol/background.ts";

/**
 * For how long after the last key, click or turn of the wheel a page counts as used: longer than any page waits before it asks
 * again, so that the use of a page is noticed, and far shorter than a session may idle.
 */
const PRESENT_FOR_MS = 30_000;

/** What a person does to a page; moving the mouse is left out, because a desk that shakes does that too. */
const ACTS = ["click", "keydown", "pointerdown", "touchmove", "wheel"] as const;

type Asked = { opList: readonly { type: "query" | "mutation" | "subscription" }[] };
type Presence = {
  /** Headers of one batch of requests, as tRPC's link asks for them. */
  headersFor: (batch: Asked) => Record<string, string>;
  /** Listens until the returned function is called. */
  watch: (page: EventTarget) => () => void;
};

/**
 * Tells requests of a person from those of a page left open: nudges and intervals ask whether or not anybody is there, and must
 * not keep a session alive (B-11). What changes something is always somebody's; so is all a page asks for while it is new.
 * @param now monotonic milliseconds
 */
export function createPresence(now: () => number): Presence {
  let lastActMs = now();
  const act = () => {
    lastActMs = now();
  };
  return {
    headersFor: ({ opList }) => {
      const background = opList.every(({ type }) => type === "query") && now() - lastActMs > PRESENT_FOR_MS;
      return background ? { [BACKGROUND_HEADER]: "1" } : {};
    },
    watch: (page) => {
      for (const name of ACTS) page.addEventListener(name, act, { capture: true, passive: true });
      return () => {
        for (const name of ACTS) page.removeEventListener(name, act, { capture: true });
      };
    },
  };
}
