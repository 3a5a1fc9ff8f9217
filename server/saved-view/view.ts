/** A filter of the fleet table under a name. `query` is the query part of the fleet page's address. */
export type SavedView = {
  viewId: string;
  name: string;
  /** What it is for, in its owner's words; empty: nobody said. */
  purpose: string;
  query: string;
  shared: boolean;
  /** Null: whoever made it is not known any more. */
  ownerName: string | null;
  /** The reader's own. */
  own: boolean;
  /** The reader may change or delete it. */
  mayChange: boolean;
};
