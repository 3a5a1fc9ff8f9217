import { NotFoundPage } from "#app/shell/failure-pages.tsx";

/** The same for what is missing and what belongs to somebody else. */
export default function NotFound() {
  return <NotFoundPage />;
}
