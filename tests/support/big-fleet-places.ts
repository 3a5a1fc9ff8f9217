/** Where a generated fleet stands: awkward time zones and the names that stretch a table, on purpose. */
export const REGIONS = ["EMEA", "Americas", "Asia Pacific", "Oceania"] as const;
type RegionName = (typeof REGIONS)[number];

export const PLACES: readonly { name: string; region: RegionName; timeZone: string }[] = [
  { name: "Hamburg-Eppendorf", region: "EMEA", timeZone: "Europe/Berlin" },
  {
    name: "Universitätsklinikum Hamburg-Eppendorf, Zentrum für Radiologie und Endoskopie",
    region: "EMEA",
    timeZone: "Europe/Berlin",
  },
  { name: "Uniklinikum Würzburg", region: "EMEA", timeZone: "Europe/Berlin" },
  { name: "UKSH, Lübeck", region: "EMEA", timeZone: "Europe/Berlin" },
  { name: "Gasthuisberg, Leuven", region: "EMEA", timeZone: "Europe/Brussels" },
  { name: "Akademiska, Uppsala", region: "EMEA", timeZone: "Europe/Stockholm" },
  { name: "St Thomas’, London", region: "EMEA", timeZone: "Europe/London" },
  { name: "LKH-Univ. Graz", region: "EMEA", timeZone: "Europe/Vienna" },
  { name: "USZ, Zürich", region: "EMEA", timeZone: "Europe/Zurich" },
  { name: "مستشفى الملك فيصل، الرياض", region: "EMEA", timeZone: "Asia/Riyadh" },
  { name: "Memorial, St John’s", region: "Americas", timeZone: "America/St_Johns" },
  { name: "Barrow, Phoenix", region: "Americas", timeZone: "America/Phoenix" },
  { name: "Longwood, Boston", region: "Americas", timeZone: "America/New_York" },
  { name: "Parnassus, SF", region: "Americas", timeZone: "America/Los_Angeles" },
  { name: "Hongō, Tokyo", region: "Asia Pacific", timeZone: "Asia/Tokyo" },
  { name: "Patan, Kathmandu", region: "Asia Pacific", timeZone: "Asia/Kathmandu" },
  { name: "Sassoon, Pune", region: "Asia Pacific", timeZone: "Asia/Kolkata" },
  { name: "Flinders, Adelaide", region: "Oceania", timeZone: "Australia/Adelaide" },
  { name: "Grafton, Auckland", region: "Oceania", timeZone: "Pacific/Auckland" },
  { name: "Chatham Islands", region: "Oceania", timeZone: "Pacific/Chatham" },
];

export const MODELS = ["FM-25", "FM-30", "FM-H1", "FS-10"] as const;
export const RELEASES = ["2026.06.1", "2026.08.1", "2026.09.4", "2026.10.2"] as const;
export const TAGS = ["beta", "paediatric", "research", "loan", "night"] as const;
export const ALIASES = ["Anni", "Basalt", "Kiri", "Ama", "Mesa", "Rik", "Konrad", "Quarry", "Mula"] as const;
