import type { Texts } from "#core/message/text.ts";

/** What people do with the fleet as a whole, and why it is refused. */
export const FLEET_TEXTS = {
  "act.saved-view.created": {
    en: "saved a view of the fleet",
    de: "hat eine Ansicht der Flotte gespeichert",
  },
  "act.saved-view.updated": { en: "changed a saved view", de: "hat eine gespeicherte Ansicht geändert" },
  "act.saved-view.deleted": { en: "deleted a saved view", de: "hat eine gespeicherte Ansicht gelöscht" },
  "act.fleet.exported": { en: "exported the fleet as a file", de: "hat die Flotte als Datei exportiert" },
  "refusal.view-name-taken": {
    en: "You have a view of this name already.",
    de: "Sie haben schon eine Ansicht dieses Namens.",
  },
  "refusal.view-not-yours": {
    en: "This view does not exist any more, or it is somebody else’s to change.",
    de: "Diese Ansicht gibt es nicht mehr, oder jemand anderes darf sie ändern.",
  },
  "refusal.view-not-shared-by-you": {
    en: "Your role does not share views with the organisation. Save it for yourself.",
    de: "Ihre Rolle teilt keine Ansichten mit der Organisation. Speichern Sie sie für sich.",
  },
  "refusal.too-many-views": {
    en: "You have {max} views. Delete one before you save another.",
    de: "Sie haben {max} Ansichten. Löschen Sie eine, bevor Sie eine weitere speichern.",
  },
} as const satisfies Texts;
