export const REGION_NAMES = ["Americas", "APAC", "EMEA"] as const;
export type RegionName = (typeof REGION_NAMES)[number];

/** A hospital, university or research site; `share` weighs how many scanners of the fleet stand there. */
export type SitePlan = { name: string; region: RegionName; timeZone: string; share: number };

/** Where FM25-0137 stands. */
export const HAMBURG = "Universitätsklinikum Hamburg-Eppendorf";

/** Invented, but for the first, which the project's own examples name; the zones are real and cover offsets of an hour, a half and a quarter. */
const TABLE = `
EMEA | Europe/Berlin | 9 | ${HAMBURG}
EMEA | Europe/Berlin | 7 | Klinikum Rechts der Spree, Berlin
EMEA | Europe/Berlin | 6 | Forschungszentrum für Magnetpartikelbildgebung Lübeck-Travemünde
EMEA | Europe/Berlin | 5 | Gemeinschaftsklinikum Oberschwaben-Allgäu, Kardiovaskuläres Zentrum
EMEA | Europe/Berlin | 4 | Herzzentrum Leipzig-Probstheida
EMEA | Europe/Vienna | 5 | Landesklinikum Wiener Becken
EMEA | Europe/Zurich | 5 | Universitätsspital Limmattal
EMEA | Europe/Amsterdam | 6 | Maasoever Medisch Centrum
EMEA | Europe/Brussels | 3 | Ziekenhuis Sint-Baafs
EMEA | Europe/Paris | 6 | Hôpital Saint-Éloi-des-Quais
EMEA | Europe/Madrid | 5 | Hospital Universitario Puerta del Mar Menor
EMEA | Europe/Rome | 5 | Ospedale San Gallicano al Lago
EMEA | Europe/London | 7 | Royal Thornbury Infirmary
EMEA | Europe/London | 4 | Cambourne Imaging Research Unit
EMEA | Europe/Dublin | 2 | St. Brendan’s, Limerick
EMEA | Europe/Copenhagen | 4 | Øresund Universitetshospital
EMEA | Europe/Stockholm | 4 | Mälardalens sjukhus
EMEA | Europe/Helsinki | 3 | Saimaan keskussairaala
EMEA | Europe/Warsaw | 4 | Szpital Kliniczny nad Wartą
EMEA | Europe/Prague | 3 | Nemocnice Pod Hradbou
EMEA | Europe/Istanbul | 4 | Boğazkesen Araştırma Hastanesi
EMEA | Asia/Jerusalem | 3 | מרכז רפואי הכרמל
EMEA | Africa/Johannesburg | 2 | Drakensberg Academic Hospital
Americas | America/New_York | 8 | Harlow General Hospital, Boston
Americas | America/New_York | 6 | Chesapeake Institute for Vascular Imaging
Americas | America/Chicago | 6 | Lakeshore Children’s Hospital
Americas | America/Denver | 3 | Front Range Medical Center
Americas | America/Phoenix | 4 | Sonora Valley Clinic
Americas | America/Los_Angeles | 7 | Pacific Heights University Hospital
Americas | America/Los_Angeles | 4 | Santa Lucia Magnetics Laboratory
Americas | America/St_Johns | 2 | Signal Hill Health Sciences Centre
Americas | America/Toronto | 5 | Don Valley Research Hospital
Americas | America/Vancouver | 3 | Burrard Inlet Hospital
Americas | America/Mexico_City | 3 | Hospital Ángeles del Pedregal Norte
Americas | America/Sao_Paulo | 4 | Hospital das Clínicas do Ipiranga
APAC | Asia/Tokyo | 8 | Musashino University Hospital
APAC | Asia/Tokyo | 4 | Kitakami Research Institute
APAC | Asia/Seoul | 5 | Hangang Medical Center
APAC | Asia/Shanghai | 6 | Huangpu Riverside Hospital
APAC | Asia/Singapore | 4 | Kallang National Hospital
APAC | Asia/Kolkata | 6 | Sahyadri Institute of Medical Sciences, Pune
APAC | Asia/Kathmandu | 2 | Bagmati Teaching Hospital
APAC | Australia/Sydney | 4 | Parramatta River Hospital
APAC | Australia/Adelaide | 3 | Torrens Imaging Centre
APAC | Pacific/Auckland | 3 | Waitematā Hospital
APAC | Asia/Dubai | 3 | Al Mamzar Heart Centre
`;

export const SITES: readonly SitePlan[] = TABLE.trim()
  .split("\n")
  .map((line) => {
    const [region = "", timeZone = "", share = "", name = ""] = line.split("|").map((cell) => cell.trim());
    return { name, region: region as RegionName, timeZone, share: Number(share) };
  });

/** Rooms as sites write them; the number follows. */
export const ROOMS = [
  "Building O10, floor 2, room",
  "Haus 3, Ebene −1, Raum",
  "Radiology wing, room",
  "Research pavilion, lab",
  "Cath lab",
  "Basement east, room",
] as const;

export const TAGS = [
  "research",
  "clinical",
  "teaching",
  "loaner",
  "pilot",
  "cardiac",
  "neuro",
  "paediatric",
] as const;

/** People name scanners; no name is given twice on a site. */
export const ALIASES =
  "Anni Bertha Cäsar Dora Emil Frieda Gustav Hanna Ida Jonas Karla Ludwig Martha Nele Otto Paula Quentin Rosa Sven Thea Ulla Viktor Wanda Xaver Yara Zoe Björk Curie Lise Emmy Ada Grace Mileva Chien Hertha Ørsted Faraday Tesla Weiss Curie-2 Néel Langevin Hopper Lovelace Noether Meitner Wu Kelvin Gauss Ampère Henry Maxwell Boltzmann Oersted Lenz Barkhausen".split(
    " ",
  );
