import {
  ArrowLeftRight,
  Building2,
  CircleQuestionMark,
  GitPullRequestArrow,
  History,
  Info,
  LayoutGrid,
  type LucideIcon,
  PackageCheck,
  PlugZap,
  ScrollText,
  Settings2,
  Undo2,
  UserPlus,
  Users,
} from "lucide-react";
import type { Me } from "#app/data.ts";
import { paths } from "#app/paths.ts";
import type { Word } from "#app/ui/words.ts";

/** Where the palette goes by name. What a role may not do is not offered. */
export type Place = { word: Word; href: string; icon: LucideIcon; needs: keyof Me["may"] | null };

export const PAGES: readonly Place[] = [
  { word: "nav.fleet", href: paths.fleet(), icon: LayoutGrid, needs: "scanner.list" },
  { word: "nav.releases", href: paths.releases, icon: PackageCheck, needs: "release.list" },
  { word: "nav.changes", href: paths.changes(), icon: GitPullRequestArrow, needs: "change.list" },
  { word: "nav.ask", href: paths.ask(), icon: CircleQuestionMark, needs: "ask.answer" },
  { word: "palette.compare", href: paths.compare(), icon: ArrowLeftRight, needs: "compare.sides" },
  { word: "palette.past", href: paths.fleetAt(), icon: History, needs: "past.fleet" },
  { word: "nav.enrol", href: paths.enrol, icon: PlugZap, needs: "enrolment.list" },
  { word: "nav.sites", href: paths.sites, icon: Building2, needs: "site.list" },
  { word: "nav.people", href: paths.people, icon: Users, needs: "person.list" },
  { word: "nav.audit", href: paths.audit(), icon: ScrollText, needs: "audit.list" },
  { word: "nav.settings", href: paths.settings, icon: Settings2, needs: null },
  { word: "nav.about", href: paths.about, icon: Info, needs: null },
];

export const ACTIONS: readonly Place[] = [
  { word: "palette.enrol", href: paths.enrol, icon: PlugZap, needs: "enrolment.createToken" },
  { word: "palette.invite", href: paths.people, icon: UserPlus, needs: "person.invite" },
];

/** What can be done with the scanner whose page is open. */
export function actionsHere(pathname: string): Place[] {
  const id = /^\/scanners\/([0-9a-f-]{36})(?:\/|$)/.exec(pathname)?.[1];
  if (id === undefined) return [];
  return [
    {
      word: "palette.compareThis",
      href: paths.compare({ scannerId: id, atMs: null }),
      icon: ArrowLeftRight,
      needs: "compare.sides",
    },
    { word: "palette.rollbackThis", href: paths.rollback(id), icon: Undo2, needs: "change.request" },
    { word: "palette.pastThis", href: paths.scannerAt(id), icon: History, needs: "past.scanner" },
  ];
}

export function offered(places: readonly Place[], may: Me["may"]): Place[] {
  return places.filter(({ needs }) => needs === null || may[needs]);
}
