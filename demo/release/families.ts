import { type Recipe, recipes } from "#demo/release/recipe.ts";

/** Packages that come in families: many of one kind, each small, versioned on its own. */

function family(prefix: string, needs: string, lines: string): Recipe[] {
  const table = lines
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [name, versions, kib] = line.split("|");
      return `${prefix}${name} | ${versions} | ${kib} | ${needs}`;
    });
  return recipes(table.join("\n"));
}

const X_LIBRARIES = family(
  "",
  "glibc",
  `
  libXau | 1.0.12 | 36
  libXdmcp | 1.1.5 | 44
  libxcb | 1.17.0 | 1720
  libX11 | 1.8.12 | 2860
  libXext | 1.3.6 | 132
  libXrender | 0.9.12 | 88
  libXrandr | 1.5.4 | 84
  libXi | 1.8.2 | 132
  libXfixes | 6.0.1 3:6.0.2 | 60
  libXcursor | 1.2.3 | 76
  libxkbcommon | 1.8.1 3:1.11.0 5:1.13.1 | 620
  libinput | 1.28.1 3:1.29.1 5:1.30.1 | 820
  libevdev | 1.13.4 3:1.13.5 | 180
  mtdev | 1.1.7 | 44
  libepoxy | 1.5.10 | 1460
  graphene | 1.10.8 | 380
  fribidi | 1.0.16 | 164
  graphite2 | 1.3.14 | 152
  libpng-apng | 1.6.46 3:1.6.50 5:1.6.53 8:1.6.55 | 412
  libjpeg-turbo | 3.0.4 3:3.1.2 | 1280
  libtiff | 4.7.0 3:4.7.1 | 860
  shared-mime-info | 2.4 | 4620
  adwaita-icon-theme | 48.1 3:49.0 | 6120
  hicolor-icon-theme | 0.18 | 24
`,
);

const QT = family(
  "qt",
  "glibc gcc glib freetype harfbuzz",
  `
  base | 6.9.1 3:6.10.0 5:6.10.2 8:6.11.1 | 58200
  declarative | 6.9.1 3:6.10.0 5:6.10.2 8:6.11.1 | 71400
  svg | 6.9.1 3:6.10.0 5:6.10.2 8:6.11.1 | 980
  wayland | 6.9.1 3:6.10.0 5:6.10.2 8:6.11.1 | 6840
  charts | 6.9.1 3:6.10.0 5:6.10.2 8:6.11.1 | 5180
  serialport | 6.9.1 3:6.10.0 5:6.10.2 8:6.11.1 | 340
  shadertools | 6.9.1 3:6.10.0 5:6.10.2 8:6.11.1 | 7120
  translations | 6.9.1 3:6.10.0 5:6.10.2 8:6.11.1 | 6540
`,
);

const PYTHON = family(
  "python3.13-",
  "python3",
  `
  numpy | 2.2.6 3:2.3.4 5:2.4.1 | 34200
  scipy | 1.15.3 3:1.16.3 5:1.17.0 | 88400
  h5py | 3.13.0 3:3.15.1 | 9120
  matplotlib | 3.10.3 3:3.10.7 5:3.10.8 | 27400
  pyserial | 3.5 | 620
  pyvisa | 1.15.0 3:1.16.0 | 1180
  pyvisa-py | 0.8.0 | 420
  pydantic | 2.11.7 3:2.12.4 5:2.12.5 | 6720
  pydantic-core | 2.33.2 3:2.41.5 | 4640
  typing-extensions | 4.13.2 3:4.15.0 | 380
  pyyaml | 6.0.2 3:6.0.3 | 980
  tomli | 2.2.1 3:2.3.0 | 120
  attrs | 25.3.0 3:25.4.0 | 460
  click | 8.1.8 3:8.2.1 5:8.3.1 | 820
  requests | 2.32.4 3:2.32.5 | 540
  urllib3 | 2.4.0 3:2.5.0 5:2.6.3 | 980
  certifi | 2025.06.15 3:2025.10.05 5:2026.01.04 | 480
  idna | 3.10 3:3.11 | 620
  charset-normalizer | 3.4.2 3:3.4.4 | 560
  packaging | 25.0 | 420
  python-dateutil | 2.9.0.post0 | 1180
  six | 1.17.0 | 84
  kiwisolver | 1.4.8 3:1.4.9 | 220
  cycler | 0.12.1 | 44
  contourpy | 1.3.2 3:1.3.3 | 780
  fonttools | 4.57.0 3:4.60.1 5:4.61.1 | 12400
  pillow | 11.2.1 3:12.0.0 5:12.1.0 | 3640
  pyparsing | 3.2.3 3:3.2.5 | 1260
  pymodbus | 3.9.2 3:3.11.3 | 1720
  pyzmq | 26.4.0 3:27.1.0 | 1840
  psutil | 7.0.0 3:7.1.2 5:7.2.1 | 1320
  structlog | 25.4.0 3:25.5.0 | 480
  pydicom | 3.0.1 | 8640
  pynetdicom | 3.0.2 5:3.0.4 | 3240
  nibabel | 5.3.2 3:5.3.3 | 9860
  scikit-image | 0.25.2 5:0.26.0 | 41200
  networkx | 3.4.2 3:3.5 5:3.6.1 | 18400
`,
);

const JULIA = family(
  "julia-",
  "julia",
  `
  MPIMeasurements | 0.6.0 3:0.6.1 6:0.6.2 | 1420
  MPIReco | 0.7.1 4:0.7.2 7:0.7.4 | 1180
  MPIUI | 0.3.2 3:0.3.4 6:0.4.0 | 2240
  MPIFiles | 0.16.2 3:0.17.0 6:0.17.2 | 980
  RedPitayaDAQServer | 0.10.0 4:0.11.0 | 640
  RegularizedLeastSquares | 0.16.6 4:0.16.11 | 820
  LinearOperatorCollection | 2.1.0 5:2.2.0 | 280
  ImageUtils | 0.2.12 | 240
  AcquisitionProtocols | 1.4.0 4:1.5.0 7:1.5.2 | 540
  SafetyInterlocks | 1.2.0 5:1.3.0 | 220
  Gtk4 | 0.7.6 4:0.7.9 | 6240
  Cairo | 1.1.1 | 420
  HDF5 | 0.17.2 | 1240
  FFTW | 1.8.1 5:1.10.0 | 380
  CUDA | 5.8.2 3:5.9.2 6:5.9.6 | 8420
  KernelAbstractions | 0.9.34 4:0.9.38 | 460
  Unitful | 1.23.1 3:1.25.0 | 520
  UnitfulRecipes | 1.6.1 | 64
  Graphics | 1.1.3 | 48
  ImageMorphology | 0.4.6 | 380
  Interpolations | 0.15.1 4:0.16.2 | 540
  LibSerialPort | 0.5.2 | 220
  Statistics | 1.11.1 | 92
  StaticArrays | 1.9.13 4:1.9.15 | 820
  TOML | 1.0.3 | 96
  UUIDs | 1.11.0 | 44
  ThreadPools | 2.1.1 | 120
  ProgressMeter | 1.10.4 4:1.11.0 | 148
  JSON | 0.21.4 4:1.3.0 | 180
`,
);

export const FAMILIES: readonly Recipe[] = [...X_LIBRARIES, ...QT, ...PYTHON, ...JULIA];
