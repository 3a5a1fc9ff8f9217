/** A scanner that is held, and a closure that is blocked, since a change failed there. */
export const pardoning = {
  "pardon.held": { en: "{serial} is held since {time}.", de: "{serial} ist angehalten seit {time}." },
  "pardon.heldBody": {
    en: "It went back by itself. It takes nothing new until a person has looked at it and releases it with a reason. Rolling back to a confirmed release stays possible.",
    de: "Er ging von selbst zurück. Neues nimmt er erst, wenn ihn jemand geprüft hat und mit Begründung freigibt. Zurückrollen auf ein bestätigtes Release geht weiterhin.",
  },
  "pardon.release": { en: "Release {serial}", de: "{serial} freigeben" },
  "pardon.releaseBody": {
    en: "Changes can be asked for again. The scanner believes it once it is signed and has reached it. What failed stays blocked.",
    de: "Änderungen lassen sich wieder anfordern. Der Scanner glaubt es, sobald es signiert und bei ihm angekommen ist. Was gescheitert ist, bleibt blockiert.",
  },
  "pardon.who": {
    en: "Service engineers, release managers, fleet managers and administrators can release it here; at the scanner, whoever has its passcode.",
    de: "Freigeben können ihn hier Serviceingenieure, Release-Manager, Flottenmanager und Administratoren; am Scanner, wer dessen Passcode hat.",
  },
  "pardon.blocked": {
    en: "{release} is blocked on {serial} since {time}.",
    de: "{release} ist auf {serial} blockiert seit {time}.",
  },
  "pardon.blockedBody": {
    en: "It failed there and is not tried again until two people lift the block, each with a reason.",
    de: "Es ist dort gescheitert und wird erst wieder versucht, wenn zwei Personen die Blockade mit je einer Begründung aufheben.",
  },
  "pardon.ask": {
    en: "Ask to lift the block of {release}",
    de: "Aufheben der Blockade von {release} beantragen",
  },
  "pardon.askBody": {
    en: "Another person has to confirm it within a day.",
    de: "Eine andere Person muss es innerhalb eines Tages bestätigen.",
  },
  "pardon.confirm": {
    en: "Confirm: lift the block of {release}",
    de: "Bestätigen: Blockade von {release} aufheben",
  },
  "pardon.confirmBody": {
    en: "You are the second person. With your reason the block is lifted once it is signed and has reached the scanner.",
    de: "Sie sind die zweite Person. Mit Ihrer Begründung fällt die Blockade, sobald es signiert und beim Scanner angekommen ist.",
  },
  "pardon.whoTwo": {
    en: "Two of these lift it: service engineers, release managers, fleet managers, administrators.",
    de: "Aufheben können sie zu zweit: Serviceingenieure, Release-Manager, Flottenmanager, Administratoren.",
  },
  "pardon.by": { en: "{who}, {time}: {why}", de: "{who}, {time}: {why}" },
  "pardon.state.asked": {
    en: "A second person has to confirm it by {time}.",
    de: "Eine zweite Person muss es bis {time} bestätigen.",
  },
  "pardon.state.decided": { en: "Decided. It is being signed.", de: "Entschieden. Es wird signiert." },
  "pardon.state.signed": {
    en: "Signed and on its way. The scanner has not said yet that it took it.",
    de: "Signiert und unterwegs. Der Scanner hat noch nicht gesagt, dass er es angenommen hat.",
  },
  "pardon.state.refused": {
    en: "The signer would not sign it. It can be decided again.",
    de: "Der Signierdienst wollte es nicht signieren. Es lässt sich neu entscheiden.",
  },
  "pardon.notNow": {
    en: "Nothing for you to do: it is decided already, or another person has to confirm what you asked for.",
    de: "Für Sie nichts zu tun: Es ist schon entschieden, oder eine andere Person muss bestätigen, was Sie beantragt haben.",
  },
} as const;
