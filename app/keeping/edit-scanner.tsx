"use client";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { paths } from "#app/paths.ts";
import { Button } from "#app/ui/button.tsx";
import { Dialog } from "#app/ui/dialog.tsx";
import { useWords } from "#app/viewer.tsx";
import type { ScannerPage } from "#server/scanner/view.ts";
import { LabelsForm } from "./labels-form.tsx";
import { MoveForm } from "./move-form.tsx";
import { RetireForm } from "./retire-form.tsx";
import { ServiceForm } from "./service-form.tsx";

type Props = { scanner: ScannerPage; close: () => void };
type Section = {
  id: "labels" | "service" | "site" | "hardware" | "retire";
  may: keyof ScannerPage["may"];
  form: (props: Props) => ReactNode;
};

const SECTIONS: readonly Section[] = [
  { id: "labels", may: "rename", form: LabelsForm },
  { id: "service", may: "maintain", form: ServiceForm },
  { id: "site", may: "move", form: MoveForm },
  { id: "hardware", may: "replace", form: ReplaceHardware },
  { id: "retire", may: "retire", form: RetireForm },
];

/** Everything people write on a scanner, in one dialog; each part is offered to whoever may do it. */
export function EditScanner({ scanner }: { scanner: ScannerPage }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const offered = SECTIONS.filter(({ may }) => scanner.may[may]);
  if (offered.length === 0) return null;
  const title = t("keep.edit", { serial: scanner.serial });
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <bdi>{title}</bdi>
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={<bdi>{title}</bdi>}>
        <Sections scanner={scanner} close={() => setOpen(false)} offered={offered} />
      </Dialog>
    </>
  );
}

function Sections({ scanner, close, offered }: Props & { offered: readonly Section[] }) {
  const { t } = useWords();
  const [chosen, choose] = useState(offered[0]?.id ?? "labels");
  const Form = (offered.find(({ id }) => id === chosen) ?? offered[0])?.form;
  return (
    <>
      <fieldset className="seg plain" aria-label={t("keep.sections")}>
        {offered.map(({ id }) => (
          <button key={id} type="button" aria-pressed={id === chosen} onClick={() => choose(id)}>
            {t(`keep.${id}`)}
          </button>
        ))}
      </fieldset>
      {Form !== undefined && <Form scanner={scanner} close={close} />}
    </>
  );
}

function ReplaceHardware({ scanner }: Props) {
  const { t } = useWords();
  const { scannerId, serial } = scanner;
  return (
    <>
      <p className="t2">
        <bdi>{t("keep.replaceBody", { serial })}</bdi>
      </p>
      <div className="actions">
        <Link className="btn ink" href={paths.replaceHardware(scannerId)}>
          <bdi>{t("keep.replace", { serial })}</bdi>
        </Link>
      </div>
    </>
  );
}
