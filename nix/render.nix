# Renders what nix/modules says, without nixpkgs: the module system is the real one (`lib.evalModules`), NixOS's own options are only as
# deep as our modules set them. `scripts/render-units.mjs` writes the result to nix/units.
#
#   NIX_PATH=nixpkgs-lib=<checkout of nix-community/nixpkgs.lib> nix-instantiate --eval --strict --json nix/render.nix -A units
{ lib ? import <nixpkgs-lib/lib>
, configuration ? { services.fiducial = { enable = true; page.enable = true; }; }
}:
let
  inherit (lib) concatStringsSep isBool isList mapAttrs' mkOption nameValuePair types;

  # As NixOS has it (nixos/lib/systemd-unit-options.nix): these become keys of the unit, everything else is passed through.
  unitType = types.submodule {
    freeformType = types.attrsOf types.anything;
    options = {
      enable = mkOption { type = types.bool; default = true; };
      description = mkOption { type = types.str; default = ""; };
      wantedBy = mkOption { type = types.listOf types.str; default = [ ]; };
      unitConfig = mkOption { type = types.attrsOf types.anything; default = { }; };
      environment = mkOption { type = types.attrsOf types.str; default = { }; };
      serviceConfig = mkOption { type = types.attrsOf types.anything; default = { }; };
    };
  };
  units = mkOption { type = types.attrsOf unitType; default = { }; };
  anything = default: mkOption { type = types.anything; inherit default; };

  nixos = { ... }: {
    options = {
      assertions = mkOption { type = types.listOf types.anything; default = [ ]; };
      systemd.services = units;
      systemd.sockets = units;
      systemd.paths = units;
      systemd.timers = units;
      systemd.tmpfiles.rules = mkOption { type = types.listOf types.str; default = [ ]; };
      environment.etc = mkOption { type = types.attrsOf types.anything; default = { }; };
      environment.systemPackages = mkOption { type = types.listOf types.anything; default = [ ]; };
      users = anything { };
      nix.settings = anything { };
      system.build = mkOption { type = types.attrsOf types.anything; default = { }; };
      system.extraSystemBuilderCmds = mkOption { type = types.lines; default = ""; };
      boot.kernelModules = mkOption { type = types.listOf types.str; default = [ ]; };
      boot.loader.systemd-boot.enable = mkOption { type = types.bool; default = false; };
      boot.loader.grub.enable = mkOption { type = types.bool; default = false; };
      boot.loader.efi.efiSysMountPoint = mkOption { type = types.str; default = "/boot"; };
    };
  };

  evaluated = lib.evalModules {
    modules = [
      ./modules/agent.nix
      nixos
      configuration
      {
        # Whoever installs the units puts the two paths in.
        services.fiducial = { node = "@node@"; programs = "@agent@"; package = { type = "derivation"; name = "fiducial"; outPath = "@agent@"; }; };
      }
      { _module.args.pkgs = { writeText = name: text: { inherit name text; outPath = "@etc@/${name}"; }; }; }
    ];
  };
  inherit (evaluated) config;

  # The keys that NixOS's lib/systemd-lib.nix writes for a unit, in a fixed order.
  value = one: if isBool one then (if one then "true" else "false") else toString one;
  keys = attrs: lib.concatLists (lib.mapAttrsToList
    (key: one: map (each: "${key}=${value each}") (if isList one then one else [ one ]))
    attrs);
  section = name: lines: lib.optionals (lines != [ ]) ([ "[${name}]" ] ++ lines ++ [ "" ]);
  words = name: list: lib.optional (list != [ ]) "${name}=${concatStringsSep " " list}";

  render = kind: unit: concatStringsSep "\n" (
    [ "# Rendered from nix/modules/agent.nix by scripts/render-units.mjs; the reasons stand there." ]
    ++ section "Unit" (
      [ "Description=${unit.description}" ]
      ++ words "Requires" (unit.requires or [ ])
      ++ words "After" (unit.after or [ ])
      ++ words "Before" (unit.before or [ ])
      ++ lib.optional (unit ? startLimitIntervalSec) "StartLimitIntervalSec=${toString unit.startLimitIntervalSec}"
      ++ keys unit.unitConfig
    )
    ++ lib.optionals (kind == "Service") (section "Service" (
      lib.mapAttrsToList (name: text: "Environment=\"${name}=${text}\"") unit.environment
      ++ lib.optional (!(unit.restartIfChanged or true)) "X-RestartIfChanged=false"
      ++ lib.optional (!(unit.stopIfChanged or true)) "X-StopIfChanged=false"
      ++ keys unit.serviceConfig
    ))
    ++ lib.optionals (kind == "Socket") (section kind (keys unit.socketConfig))
    ++ lib.optionals (kind == "Path") (section kind (keys unit.pathConfig))
    ++ lib.optionals (kind == "Timer") (section kind (keys unit.timerConfig))
    ++ section "Install" (words "WantedBy" unit.wantedBy)
  );
  files = kind: suffix: mapAttrs' (name: unit: nameValuePair "${name}.${suffix}.in" (render kind unit));
  refused = map (one: one.message) (lib.filter (one: !one.assertion) config.assertions);
in
assert lib.assertMsg (refused == [ ]) (concatStringsSep "\n" refused);
{
  units =
    files "Service" "service" config.systemd.services
    // files "Socket" "socket" config.systemd.sockets
    // files "Path" "path" config.systemd.paths
    // files "Timer" "timer" config.systemd.timers
    // { "fiducial.tmpfiles.in" = concatStringsSep "\n" config.systemd.tmpfiles.rules + "\n"; };

  # Files below /etc by name, as text; a root of trust keeps its path.
  etc = lib.mapAttrs (_: { source, ... }: source.text or (toString source)) config.environment.etc;
  expected = config.system.build.fiducialExpected.text;
  health = config.system.build.fiducialHealth.text;
  inherit (config.system) extraSystemBuilderCmds;
}
