"use client";
import {
  Building2,
  CircleQuestionMark,
  Ellipsis,
  GitPullRequestArrow,
  Info,
  LayoutGrid,
  type LucideIcon,
  PackageCheck,
  PlugZap,
  ScrollText,
  Settings2,
  Users,
} from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { Me } from "#app/data.ts";
import { paths } from "#app/paths.ts";
import { useSay } from "#app/ui/say.ts";
import type { Word } from "#app/ui/words.ts";
import { useMe, useWords } from "#app/viewer.tsx";
import { RegistrationMark } from "./registration-mark.tsx";

type Entry = { href: string; under: string; label: Word; icon: LucideIcon; needs: keyof Me["may"] | null };

/** On a phone the first four are in the bar, the rest under More. What a role may not read is not offered. */
const ENTRIES: readonly Entry[] = [
  { href: paths.fleet(), under: "/fleet", label: "nav.fleet", icon: LayoutGrid, needs: "scanner.list" },
  {
    href: paths.releases,
    under: "/releases",
    label: "nav.releases",
    icon: PackageCheck,
    needs: "release.list",
  },
  {
    href: paths.changes(),
    under: "/changes",
    label: "nav.changes",
    icon: GitPullRequestArrow,
    needs: "change.list",
  },
  { href: paths.ask(), under: "/ask", label: "nav.ask", icon: CircleQuestionMark, needs: "ask.answer" },
  { href: paths.enrol, under: "/enrol", label: "nav.enrol", icon: PlugZap, needs: "enrolment.list" },
  { href: paths.sites, under: "/sites", label: "nav.sites", icon: Building2, needs: "site.list" },
  { href: paths.people, under: "/people", label: "nav.people", icon: Users, needs: "person.list" },
  { href: paths.audit(), under: "/audit", label: "nav.audit", icon: ScrollText, needs: "audit.list" },
  { href: paths.settings, under: "/settings", label: "nav.settings", icon: Settings2, needs: null },
  { href: paths.about, under: "/about", label: "nav.about", icon: Info, needs: null },
];
const IN_BAR = 4;

export function Nav() {
  const me = useMe();
  const { t } = useWords();
  const say = useSay();
  const entries = ENTRIES.filter(({ needs }) => needs === null || me.may[needs]);
  const first = me.memberships[0];
  return (
    <nav className="nav" aria-label={t("shell.nav")}>
      <Link className="brand" href={paths.home} aria-label="Fiducial">
        <RegistrationMark />
        <span>Fiducial</span>
      </Link>
      <ul className="main">
        {entries.map((entry, place) => (
          <NavItem key={entry.href} entry={entry} rest={place >= IN_BAR} />
        ))}
      </ul>
      {entries.length > IN_BAR && (
        <details className="more" name="nav-more">
          <summary>
            <Ellipsis aria-hidden />
            {t("nav.more")}
          </summary>
          <ul>
            {entries.slice(IN_BAR).map((entry) => (
              <NavItem key={entry.href} entry={entry} rest={false} />
            ))}
          </ul>
        </details>
      )}
      <div className="foot">
        <b>
          <bdi>{me.name}</bdi>
        </b>
        {first !== undefined && (
          <span>
            {say.word("role", first.role)}, <bdi>{first.scope.name}</bdi>
          </span>
        )}
      </div>
    </nav>
  );
}

function NavItem({ entry, rest }: { entry: Entry; rest: boolean }) {
  const { t } = useWords();
  const here = usePathname();
  const current = here.startsWith(entry.under) || (entry.under === "/fleet" && here.startsWith("/scanners"));
  const Icon = entry.icon;
  return (
    <li className={rest ? "rest" : undefined}>
      <Link href={entry.href} aria-current={current ? "page" : undefined}>
        <Icon aria-hidden />
        {t(entry.label)}
      </Link>
    </li>
  );
}
