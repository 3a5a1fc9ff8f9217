import * as store from "./store.ts";

export type Labels = store.Labels;
export const updateLabels = store.updateLabels;
