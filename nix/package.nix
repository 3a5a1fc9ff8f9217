# The programs of a scanner, one file each, with the Node they run on. Dependencies come by the hashes of package-lock.json.
# Not built by this repository's tests, which have no nixpkgs: they build the same files with `npm run build`.
{ lib, buildNpmPackage, importNpmLock, makeWrapper, nodejs }:
let
  root = ../.;
  manifest = lib.importJSON (root + "/package.json");
in
buildNpmPackage {
  pname = "fiducial";
  inherit (manifest) version;
  src = lib.fileset.toSource {
    inherit root;
    fileset = lib.fileset.unions [
      ../package.json
      ../package-lock.json
      ../tsconfig.json
      ../scripts/build-agent.mjs
      ../agent
      ../cli
      ../core
    ];
  };
  npmDeps = importNpmLock { npmRoot = root; };
  npmConfigHook = importNpmLock.npmConfigHook;
  npmFlags = [ "--ignore-scripts" ];
  nativeBuildInputs = [ makeWrapper ];
  buildPhase = ''
    runHook preBuild
    FIDUCIAL_BUILD=nix-${manifest.version} node scripts/build-agent.mjs
    runHook postBuild
  '';
  installPhase = ''
    runHook preInstall
    install -Dm0644 -t $out/lib/fiducial dist/agent/*.mjs
    for program in fiducial fiducial-activate; do
      makeWrapper ${lib.getExe nodejs} $out/bin/$program --add-flags $out/lib/fiducial/$program.mjs
    done
    runHook postInstall
  '';
  meta = {
    description = "Reports what a scanner really runs, and changes it by signed releases";
    license = lib.licenses.mit;
    platforms = lib.platforms.linux;
    mainProgram = "fiducial";
  };
}
