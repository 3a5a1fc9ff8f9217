"use client";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeftRight } from "lucide-react";
import Link from "next/link";
import { paths } from "#app/paths.ts";
import { useConnected } from "#app/realtime.tsx";
import { ClosureDiffView } from "#app/scanner/closure-diff.tsx";
import { Header } from "#app/shell/header.tsx";
import { useTRPC } from "#app/trpc.tsx";
import { CopyButton } from "#app/ui/copy.tsx";
import { DataState } from "#app/ui/data-state.tsx";
import { HeadlineMark } from "#app/ui/mark.tsx";
import { useSay } from "#app/ui/say.ts";
import { useWords } from "#app/viewer.tsx";
import { diffFacts, type KindDiff } from "#core/compare/diff.ts";
import { scannerIdSchema } from "#core/identity/identity.ts";
import type { Compared } from "#server/compare/view.ts";
import type { ScannerThen } from "#server/past/view.ts";
import { useDiffText } from "./diff-text.ts";
import { FactsDiff } from "./facts-diff.tsx";
import { FindingsDiff } from "./findings-diff.tsx";
import { sidesInput } from "./input.ts";
import type { CompareQuery } from "./query.ts";
import { ScannerPicker } from "./scanner-picker.tsx";
import { SideHead } from "./side-head.tsx";

/** EXP-9: two scanners, or one at two times, over everything that is known of them. */
export function CompareView({ query }: { query: CompareQuery }) {
  const { t } = useWords();
  const connected = useConnected();
  const input = sidesInput(query);
  return (
    <>
      <Header crumbs={[{ label: t("compare.title") }]} />
      <main id="content" tabIndex={-1} className={connected ? "compare-page" : "compare-page as-of-then"}>
        {input === null ? <Choosing query={query} /> : <Sides query={query} input={input} />}
      </main>
    </>
  );
}

function Choosing({ query }: { query: CompareQuery }) {
  const { t } = useWords();
  return (
    <>
      <div className="lead">
        <h1>{t("compare.pick")}</h1>
      </div>
      <p className="ask-intro">{t("compare.pickBody")}</p>
      <div className="sides">
        {(["a", "b"] as const).map((side) =>
          query[side] === null ? (
            <ScannerPicker key={side} query={query} side={side} />
          ) : (
            <Chosen key={side} scannerId={query[side].scannerId} side={side} />
          ),
        )}
      </div>
    </>
  );
}

/** The side that is chosen already, while the other is still to come. */
function Chosen({ scannerId, side }: { scannerId: string; side: "a" | "b" }) {
  const { t } = useWords();
  const trpc = useTRPC();
  const scanner = useQuery(trpc.scanner.get.queryOptions({ scannerId: scannerIdSchema.parse(scannerId) }));
  return (
    <section className="side" aria-label={t(side === "a" ? "compare.left" : "compare.right")}>
      <DataState query={scanner} what={t("scanner.what")} rows={2}>
        {({ serial, alias, siteName, headline }) => (
          <>
            <h2>
              <bdi>{serial}</bdi> {alias !== null && <bdi className="t2">{alias}</bdi>}
            </h2>
            <p className="t2">
              <bdi>{siteName}</bdi>, {t("compare.now")}
            </p>
            <HeadlineMark headline={headline} />
          </>
        )}
      </DataState>
    </section>
  );
}

type SidesProps = { query: CompareQuery; input: NonNullable<ReturnType<typeof sidesInput>> };

function Sides({ query, input }: SidesProps) {
  const { t } = useWords();
  const trpc = useTRPC();
  const compared = useQuery(trpc.compare.sides.queryOptions(input));
  return (
    <>
      {compared.data === undefined && <h1 className="sr">{t("compare.title")}</h1>}
      <DataState query={compared} what={t("compare.what")} rows={10}>
        {/* A fact that is there is never undefined, which the type of what travels as JSON cannot know. */}
        {(data) => <Comparison data={data as Compared} query={query} />}
      </DataState>
    </>
  );
}

function Comparison({ data, query }: { data: Compared; query: CompareQuery }) {
  const { t } = useWords();
  const { a, b } = data;
  const kinds = diffFacts(factsOf(a), factsOf(b));
  const same = a.scannerId === b.scannerId && query.a?.atMs === query.b?.atMs;
  return (
    <>
      <Lead kinds={kinds} data={data} />
      {same && <p className="ask-intro">{t("compare.same")}</p>}
      <div className="sides">
        <SideHead key={`a ${paths.compare(query.a)}`} side={a} query={query} which="a" />
        <Link
          className="btn small swap"
          href={paths.compare(query.b, query.a)}
          aria-label={t("compare.swap")}
          title={t("compare.swap")}
          replace
          scroll={false}
        >
          <ArrowLeftRight aria-hidden />
        </Link>
        <SideHead key={`b ${paths.compare(query.b)}`} side={b} query={query} which="b" />
      </div>
      <FindingsDiff a={a} b={b} />
      <FactsDiff kinds={kinds} a={a} b={b} />
      <Packages data={data} />
    </>
  );
}

function factsOf({ facts }: ScannerThen) {
  return new Map(facts.map(({ kind, fact }) => [kind, fact]));
}

function Lead({ kinds, data }: { kinds: readonly KindDiff[]; data: Compared }) {
  const { t } = useWords();
  const textOf = useDiffText();
  const sum = (of: "differ" | "equal" | "open") => kinds.reduce((total, kind) => total + kind[of].length, 0);
  return (
    <div className="lead">
      <h1 aria-live="polite">
        {t("compare.lead", { n: sum("differ"), equal: sum("equal") })}
        {sum("open") > 0 && <span>; {t("compare.leadOpen", { n: sum("open") })}</span>}
      </h1>
      <p>
        <CopyButton text={textOf(data, kinds)} label={t("compare.copy")} />
      </p>
    </div>
  );
}

function Packages({ data }: { data: Compared }) {
  const { t } = useWords();
  const say = useSay();
  const { closures, a, b } = data;
  const title =
    "unavailable" in closures
      ? t("compare.packagesNot")
      : t("compare.packages", { a: a.serial, b: b.serial });
  return (
    <section className="compare-part">
      <div className="sec">
        <h2>{title}</h2>
      </div>
      {"unavailable" in closures ? (
        <p className="cannot">{say.unknown(closures.unavailable)}</p>
      ) : (
        <ClosureDiffView diff={closures} heading="h3" />
      )}
    </section>
  );
}
