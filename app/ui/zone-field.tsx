"use client";
import { type ComponentProps, useId, useSyncExternalStore } from "react";
import { Field } from "./field.tsx";

const ZONES = Intl.supportedValuesOf("timeZone");
const NONE: readonly string[] = [];
const never = () => () => undefined;

/** A time zone by its IANA name, with the names this browser knows as suggestions. */
export function ZoneField(props: Omit<ComponentProps<typeof Field>, "list">) {
  const id = useId();
  // Server and browser know different zones; the browser's own are suggested, once it is there.
  const zones = useSyncExternalStore(
    never,
    () => ZONES,
    () => NONE,
  );
  return (
    <div>
      <Field {...props} list={id} autoComplete="off" spellCheck={false} />
      <datalist id={id}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </div>
  );
}
