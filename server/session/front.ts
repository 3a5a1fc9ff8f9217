import { ROLES } from "#core/access/role.ts";
import type { Tx } from "#server/act.ts";
import type { ServerFacts, Visitor } from "#server/trpc.ts";
import { namedMemberships } from "./service.ts";
import { activePeople, membershipOf } from "./store.ts";
import type { Front } from "./view.ts";

/** A person of each role is enough to choose from; a fleet may know hundreds. */
const MOST_PEOPLE = 24;

/** What is said before anybody signed in. Names are given away only where everybody may be anybody. */
export async function front(tx: Tx, facts: ServerFacts["front"], visitor: Visitor | null): Promise<Front> {
  const { signInOpen, bannerText, dock } = facts;
  if (!signInOpen || visitor !== null) return { signInOpen, bannerText, dock, people: [] };
  const known = (await activePeople(tx)).flatMap(({ id, name, memberships }) => {
    const [first] = memberships.map(membershipOf).filter((one) => one !== null);
    return first === undefined ? [] : [{ userId: id, name, first }];
  });
  const named = await namedMemberships(
    tx,
    known.map(({ first }) => first),
  );
  const people = known.flatMap(({ userId, name }, place) => {
    const membership = named[place];
    return membership === undefined ? [] : [{ userId, name, membership }];
  });
  const rank = (one: Front["people"][number]) => ROLES.indexOf(one.membership.role);
  people.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, "en"));
  return { signInOpen, bannerText, dock, people: people.slice(0, MOST_PEOPLE) };
}
