"use client";
import { CircleAlert } from "lucide-react";
import { type ComponentPropsWithRef, type ReactNode, useId } from "react";
import { useWords } from "#app/viewer.tsx";

type Common = {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong with the value; said below the field and tied to it (3.3.1). */
  problem?: string | undefined;
  optional?: boolean;
};

type Wiring = { id: string; "aria-invalid": true | undefined; "aria-describedby": string | undefined };

function Frame({
  label,
  hint,
  problem,
  optional,
  children,
}: Common & { children: (wiring: Wiring) => ReactNode }) {
  const { t } = useWords();
  const id = useId();
  const described = [hint === undefined ? null : `${id}h`, problem === undefined ? null : `${id}p`].filter(
    Boolean,
  );
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {optional === true && <span className="t3"> ({t("form.optional")})</span>}
      </label>
      {children({
        id,
        "aria-invalid": problem === undefined ? undefined : true,
        "aria-describedby": described.length === 0 ? undefined : described.join(" "),
      })}
      {hint !== undefined && (
        <p className="hint" id={`${id}h`}>
          {hint}
        </p>
      )}
      {problem !== undefined && (
        <p className="problem" id={`${id}p`}>
          <CircleAlert aria-hidden />
          {problem}
        </p>
      )}
    </div>
  );
}

export function Field({ label, hint, problem, optional, ...input }: Common & ComponentPropsWithRef<"input">) {
  return (
    <Frame {...{ label, hint, problem, ...(optional === undefined ? {} : { optional }) }}>
      {(wiring) => <input className="input" {...input} {...wiring} />}
    </Frame>
  );
}

export function TextField({
  label,
  hint,
  problem,
  optional,
  ...area
}: Common & ComponentPropsWithRef<"textarea">) {
  return (
    <Frame {...{ label, hint, problem, ...(optional === undefined ? {} : { optional }) }}>
      {(wiring) => <textarea className="input" rows={2} {...area} {...wiring} />}
    </Frame>
  );
}

export function SelectField({
  label,
  hint,
  problem,
  optional,
  ...select
}: Common & ComponentPropsWithRef<"select">) {
  return (
    <Frame {...{ label, hint, problem, ...(optional === undefined ? {} : { optional }) }}>
      {(wiring) => <select className="input" {...select} {...wiring} />}
    </Frame>
  );
}
