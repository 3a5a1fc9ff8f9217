import { recipes } from "#demo/release/recipe.ts";

/** What every scanner's main computer is made of, base system first. `name@output` is an output of its own. */
export const BASE_PACKAGES = recipes(`
  glibc | 2.40-66 3:2.40-218 5:2.42-31 8:2.42-51 | 31204
  libgcc | 14.2.1.20250322 3:14.3.0 5:15.2.0 | 172 | glibc
  gcc | 14.2.1.20250322 3:14.3.0 5:15.2.0 | 9120 | glibc libgcc
  zlib | 1.3.1 7:1.3.2 | 128 | glibc
  bzip2 | 1.0.8 | 84 | glibc
  xz | 5.8.1 5:5.8.2 | 1180 | glibc
  zstd | 1.5.7 | 1640 | glibc
  lz4 | 1.10.0 | 372 | glibc
  brotli | 1.1.0 5:1.2.0 | 1980 | glibc
  attr | 2.5.2 | 96 | glibc
  acl | 2.3.2 | 132 | glibc attr
  libxcrypt | 4.4.38 5:4.5.2 | 288 | glibc
  ncurses | 6.5 7:6.6 | 6720 | glibc
  readline | 8.2p13 3:8.3p1 5:8.3p3 | 548 | glibc ncurses
  bash | 5.2p37 3:5.3p3 5:5.3p9 | 1720 | glibc
  bash-interactive | 5.2p37 3:5.3p3 5:5.3p9 | 7980 | glibc readline ncurses
  coreutils | 9.7 3:9.8 5:9.10 | 2240 | glibc acl attr
  gnugrep | 3.11 3:3.12 | 1040 | glibc pcre2@lib
  gnused | 4.9 | 812 | glibc acl
  gawk | 5.3.2 | 3320 | glibc
  findutils | 4.10.0 | 2020 | glibc
  diffutils | 3.12 | 1840 | glibc
  gnutar | 1.35 | 3120 | glibc acl
  gzip | 1.14 | 204 | glibc bash
  procps | 4.0.4 3:4.0.5 5:4.0.6 | 1160 | glibc ncurses
  psmisc | 23.7 | 780 | glibc ncurses
  less | 678 3:685 5:691 | 412 | glibc ncurses
  libcap | 2.75 3:2.76 5:2.77 | 232 | glibc
  audit@lib | 4.0.3 3:4.1.2 | 388 | glibc
  linux-pam | 1.6.1 3:1.7.1 | 1640 | glibc libxcrypt audit@lib
  shadow | 4.17.4 3:4.18.0 | 5120 | glibc libxcrypt linux-pam acl
  sudo | 1.9.17p1 3:1.9.17p2 | 6740 | glibc linux-pam
  util-linux | 2.41.1 3:2.41.2 5:2.42 | 11840 | glibc ncurses libcap linux-pam
  libseccomp@lib | 2.6.0 | 156 | glibc
  kmod | 31 3:34.2 | 180 | glibc xz zstd
  pcre2@lib | 10.44 3:10.46 5:10.47 | 1760 | glibc
  expat | 2.7.1 3:2.7.3 5:2.7.4 | 220 | glibc
  libffi | 3.4.8 3:3.5.2 | 72 | glibc
  gmp-with-cxx | 6.3.0 | 720 | glibc
  mpfr | 4.2.2 | 2540 | glibc gmp-with-cxx
  nettle | 3.10.1 3:3.10.2 | 980 | glibc gmp-with-cxx
  libtasn1 | 4.20.0 | 132 | glibc
  p11-kit | 0.25.5 3:0.25.9 | 1560 | glibc libtasn1 libffi
  gnutls | 3.8.9 3:3.8.10 5:3.8.11 7:3.8.12 | 2980 | glibc nettle p11-kit libtasn1
  openssl | 3.4.1 2:3.4.2 3:3.6.0 5:3.6.1 7:3.6.2 8:3.6.3 | 7920 | glibc
  openssl@bin | 3.4.1 2:3.4.2 3:3.6.0 5:3.6.1 7:3.6.2 8:3.6.3 | 1420 | glibc openssl
  nss-cacert | 3.111 2:3.114 3:3.117 5:3.121 7:3.125 | 512
  keyutils@lib | 1.6.3 | 28 | glibc
  libkrb5 | 1.21.3 3:1.22.1 | 2460 | glibc keyutils@lib openssl
  libssh2 | 1.11.1 | 380 | glibc openssl zlib
  nghttp2@lib | 1.65.0 3:1.67.1 5:1.68.0 | 216 | glibc
  libidn2 | 2.3.8 | 480 | glibc
  libpsl | 0.21.5 | 116 | glibc libidn2
  curl | 8.14.1 3:8.17.0 5:8.18.0 8:8.19.0 | 1320 | glibc openssl libkrb5 libssh2 nghttp2@lib libpsl brotli zstd
  sqlite | 3.48.0 3:3.50.4 5:3.51.2 | 1740 | glibc zlib
  libxml2 | 2.13.8 3:2.15.1 | 1620 | glibc xz zlib
  glib | 2.84.3 3:2.86.1 5:2.86.3 | 7340 | glibc libffi pcre2@lib zlib
  dbus@lib | 1.14.10 3:1.16.2 | 388 | glibc expat
  dbus | 1.14.10 3:1.16.2 | 1420 | glibc dbus@lib expat
  dbus-broker | 36 3:37 | 340 | glibc expat dbus@lib
  systemd-minimal-libs | 257.6 3:258.2 5:258.3 7:259.1 | 2900 | glibc libcap
  systemd | 257.6 3:258.2 5:258.3 7:259.1 | 38740 | glibc kmod libcap linux-pam util-linux libxcrypt audit@lib lz4 zstd openssl libseccomp@lib curl
  iproute2 | 6.14.0 3:6.17.0 5:6.18.0 | 2820 | glibc libcap
  iputils | 20240905 3:20250605 | 880 | glibc libcap
  nftables | 1.1.3 3:1.1.5 | 1180 | glibc gmp-with-cxx readline
  ethtool | 6.14 3:6.15 5:6.18 | 812 | glibc
  openssh | 10.0p2 3:10.2p1 | 6480 | glibc openssl libkrb5 linux-pam libxcrypt
  chrony | 4.6.1 3:4.8 | 1320 | glibc nettle gnutls libcap libseccomp@lib
  linuxptp | 4.4 | 1160 | glibc
  tzdata | 2025b 5:2025c 7:2026a | 4620
  hwdata | 0.397 3:0.400 5:0.404 7:0.409 | 9840
  pciutils | 3.14.0 | 640 | glibc kmod zlib
  usbutils | 018 3:019 | 460 | glibc
  smartmontools | 7.5 | 2240 | glibc
  nvme-cli | 2.13 3:2.16 | 2340 | glibc
  e2fsprogs | 1.47.2 3:1.47.3 | 3160 | glibc util-linux
  dosfstools | 4.2 | 268 | glibc
  tpm2-tss | 4.1.3 | 3980 | glibc openssl curl
  cryptsetup | 2.7.5 3:2.8.1 | 4180 | glibc openssl util-linux
  libsodium | 1.0.20 3:1.0.21 | 640 | glibc
  boost | 1.87.0 | 16420 | glibc gcc
  libgit2 | 1.9.0 3:1.9.1 | 2340 | glibc openssl libssh2
  git-minimal | 2.50.1 3:2.51.2 5:2.53.0 | 42100 | glibc curl expat openssl zlib
  nix | 2.28.4 3:2.31.2 5:2.31.3 8:2.34.1 | 18960 | glibc boost curl libsodium libgit2 openssl sqlite xz libseccomp@lib
  linux-firmware | 20250808 2:20250917 3:20251111 5:20260221 7:20260811 | 318400
  perl | 5.40.0 3:5.42.0 | 58240 | glibc libxcrypt
  nodejs | 22.17.1 3:22.21.1 5:24.13.0 8:24.16.0 | 68900 | glibc openssl zlib gcc
  fiducial-agent | 0.4.2 2:0.5.0 3:0.6.1 4:0.7.0 5:0.8.0 6:0.8.1 7:0.9.0 8:1.0.0 | 480 | nodejs
  libusb | 1.0.28 3:1.0.29 | 164 | glibc
  hdf5 | 1.14.6 | 7240 | glibc zlib
  fftw-double | 3.3.10 | 3980 | glibc gcc
  openblas | 0.3.29 3:0.3.30 5:0.3.31 | 29800 | glibc gcc
  comedilib | 0.13.0 | 620 | glibc
  libmodbus | 3.1.11 | 148 | glibc
  libserialport | 0.1.2 | 72 | glibc
  zeromq | 4.3.5 | 1020 | glibc libsodium
  protobuf | 30.2 3:32.1 5:33.2 | 12900 | glibc gcc
  vulkan-loader | 1.4.313.0 3:1.4.328.0 5:1.4.341.0 | 620 | glibc
  libdrm | 2.4.124 3:2.4.128 | 540 | glibc
  mesa | 25.0.7 3:25.2.6 5:25.3.4 8:26.0.2 | 108600 | glibc libdrm expat zstd
  libglvnd | 1.7.0 | 1480 | glibc
  nvidia-x11 | 570.172.08 2:570.195.03 3:580.95.05 4:580.105.08 5:580.126.09 6:580.142 7:590.48.01 8:590.62 | 702300 | glibc libdrm libglvnd
  nvidia-persistenced | 570.172.08 2:570.195.03 3:580.95.05 4:580.105.08 5:580.126.09 6:580.142 7:590.48.01 8:590.62 | 84 | glibc nvidia-x11
  cuda_cudart | 12.8.90 3:12.9.79 5:13.0.96 | 4880 | glibc gcc
  cuda_nvrtc | 12.8.93 3:12.9.86 5:13.0.88 | 98400 | glibc gcc
  libcublas | 12.8.4.1 3:12.9.1.4 5:13.1.0.3 | 742000 | glibc gcc cuda_cudart
  libcufft | 11.3.3.83 3:11.4.1.4 5:12.0.0.61 | 178200 | glibc gcc cuda_cudart
  julia | 1.11.6 3:1.12.1 5:1.12.4 8:1.12.7 | 412600 | glibc gcc openblas libssh2 nghttp2@lib libgit2
  python3 | 3.13.5 3:3.13.9 5:3.13.11 8:3.13.13 | 102400 | glibc bzip2 expat libffi ncurses openssl readline sqlite xz zlib libxcrypt
  wayland | 1.23.1 3:1.24.0 | 240 | glibc expat libffi
  fontconfig@lib | 2.16.0 3:2.17.1 | 380 | glibc expat
  freetype | 2.13.3 3:2.14.1 | 860 | glibc bzip2 brotli zlib
  harfbuzz | 10.2.0 3:12.1.0 5:12.3.2 | 1240 | glibc freetype glib
  pixman | 0.44.2 3:0.46.4 | 740 | glibc
  cairo | 1.18.2 3:1.18.4 | 1520 | glibc pixman fontconfig@lib freetype glib
  pango | 1.56.3 3:1.57.0 | 980 | glibc cairo harfbuzz glib fontconfig@lib
  gdk-pixbuf | 2.42.12 3:2.44.4 | 1960 | glibc glib
  gtk4 | 4.18.5 3:4.20.2 5:4.20.4 | 22800 | glibc cairo pango gdk-pixbuf glib wayland vulkan-loader
  dejavu-fonts | 2.37 | 9840
  geist-font | 1.4.01 5:1.5.1 | 4120
  gclib | 2.2.5 5:2.4.1 | 3860 | glibc openssl | FM-25 FM-30 FM-H1
  gcaps | 1.0.0.111 5:1.0.0.134 | 940 | glibc gclib | FM-25 FM-30 FM-H1
  spcm-libs | 7.6 4:7.8 | 3320 | glibc gcc | FM-30 FM-H1 FS-10
  redpitaya-image | 2.07-11 6:2.07-12 | 118400 | | FM-25 FM-30 FM-H1
  survbox-firmware | 3.1 5:3.2 | 312 | | FM-25 FM-30 FM-H1
  safetyd | 2.4.0 2:2.4.1 4:2.5.0 6:2.5.1 8:2.5.2 | 1240 | glibc libserialport systemd-minimal-libs
  motiond | 1.8.2 4:1.9.0 7:1.9.1 | 1980 | glibc libserialport libmodbus | FM-25 FM-30 FM-H1
  coolingd | 0.9.4 5:1.0.0 | 820 | glibc libmodbus | FM-25 FM-30 FM-H1
  temperatured | 1.3.0 4:1.3.2 | 760 | glibc libserialport
  daq-gateway | 3.0.1 2:3.0.2 3:3.1.0 6:3.2.0 8:3.2.1 | 2240 | glibc zeromq comedilib
  amplifierd | 1.1.0 4:1.2.0 | 640 | glibc libserialport
`);
