"use client";
import { CircleAlert } from "lucide-react";
import { useSay } from "#app/ui/say.ts";
import { Breakable } from "#app/ui/store-path.tsx";
import { useWords } from "#app/viewer.tsx";
import { ITEM_CLASSES, type ItemClass } from "#core/manifest/item.ts";
import type { ProposedItem } from "#server/baseline/view.ts";
import { type Choice, classOf, type Group, sharedClass, withClass, withTaken } from "./choice.ts";

type Props = { group: Group; choice: Choice; onChoice: (choice: Choice) => void };

/** Items of one kind: taken or left, and classed, one by one or all together. Big groups are folded, except where something asks for a look. */
export function AdoptGroup({ group, choice, onChoice }: Props) {
  const { t } = useWords();
  const say = useSay();
  const name = say.word("probe", group.kind);
  const ids = group.items.map(({ item }) => item.id);
  const taken = ids.filter((id) => !choice.left.has(id)).length;
  const noted = group.items.some(({ note }) => note !== null);
  return (
    <details className="adopt-group" open={noted || group.items.length <= FOLD_FROM}>
      <summary>
        <h3 className="strong">{t("adopt.group", { name, n: taken, total: ids.length })}</h3>
      </summary>
      {ids.length > 1 && (
        <div className="adopt-row all">
          <label className="check">
            <input
              type="checkbox"
              checked={taken === ids.length}
              ref={(box) => {
                if (box !== null) box.indeterminate = taken > 0 && taken < ids.length;
              }}
              onChange={(event) => onChoice(withTaken(choice, ids, event.target.checked))}
            />
            {t("adopt.all", { name })}
          </label>
          <ClassSelect
            label={t("adopt.classOfGroup", { name })}
            value={sharedClass(choice, group.items)}
            onChange={(itemClass) => onChoice(withClass(choice, ids, itemClass))}
          />
        </div>
      )}
      <ul>
        {group.items.map((one) => (
          <li key={one.item.id}>
            <AdoptRow one={one} choice={choice} onChoice={onChoice} />
          </li>
        ))}
      </ul>
    </details>
  );
}

const FOLD_FROM = 12;

function AdoptRow({ one, choice, onChoice }: { one: ProposedItem } & Omit<Props, "group">) {
  const { t } = useWords();
  const say = useSay();
  const { item, note } = one;
  const taken = !choice.left.has(item.id);
  return (
    <div className="adopt-row">
      <label className="check">
        <input
          type="checkbox"
          checked={taken}
          onChange={(event) => onChoice(withTaken(choice, [item.id], event.target.checked))}
        />
        <bdi className="mono">
          <Breakable text={item.id} />
        </bdi>
      </label>
      <bdi className={taken ? "mono want" : "mono want t3"}>
        {say.expected(item.expect, item.unit ?? null)}
      </bdi>
      <ClassSelect
        label={t("adopt.classOf", { item: item.id })}
        value={classOf(choice, item)}
        onChange={(itemClass) => onChoice(withClass(choice, [item.id], itemClass))}
      />
      {note !== null && (
        <p className="note">
          <CircleAlert aria-hidden />
          <span>
            <b>{t("adopt.look")}:</b> {say.note(note)}
          </span>
        </p>
      )}
    </div>
  );
}

type SelectProps = { label: string; value: ItemClass | null; onChange: (itemClass: ItemClass) => void };

function ClassSelect({ label, value, onChange }: SelectProps) {
  const { t } = useWords();
  const say = useSay();
  return (
    <select
      className="input compact"
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value as ItemClass)}
    >
      {value === null && (
        <option value="" disabled>
          {t("adopt.mixed")}
        </option>
      )}
      {ITEM_CLASSES.map((itemClass) => (
        <option key={itemClass} value={itemClass}>
          {say.word("class", itemClass)}
        </option>
      ))}
    </select>
  );
}
