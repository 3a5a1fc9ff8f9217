"use client";
import { type ComponentProps, useId } from "react";
import { Field } from "./field.tsx";

const ZONES = Intl.supportedValuesOf("timeZone");

/** A time zone by its IANA name, with the names this browser knows as suggestions. */
export function ZoneField(props: Omit<ComponentProps<typeof Field>, "list">) {
  const id = useId();
  return (
    <div>
      <Field {...props} list={id} autoComplete="off" spellCheck={false} />
      <datalist id={id}>
        {ZONES.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </div>
  );
}
