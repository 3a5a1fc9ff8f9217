import { redirect } from "next/navigation";
import { signedIn } from "#app/caller.ts";
import { paths } from "#app/paths.ts";

/** Everybody's first page is the fleet; roles get homes of their own when they have pages of their own. */
export default async function HomePage() {
  await signedIn(paths.home);
  redirect(paths.fleet());
}
