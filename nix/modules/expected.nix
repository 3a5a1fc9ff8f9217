# What must hold on a scanner that runs this system (EXP-1), and what it has to prove before the system counts as confirmed (ACT-3).
# Built beside the toplevel from the same configuration, so the two cannot drift apart; `fiducial release create` reads both files.
{ config, lib, pkgs, ... }:
let
  cfg = config.services.fiducial;
  inherit (lib) mkIf mkOption types;

  item = id: kind: args: expect: class: { inherit id kind args expect class; "while" = "always"; };
  holds = op: want: { inherit op want; };

  modules = map
    (name: item "module.${name}" "module" { inherit name; } (holds "eq" true) "function")
    cfg.expected.modules;

  units = map
    (name: item "unit.${name}" "unit" { inherit name; } (holds "eq" "active") "function")
    cfg.expected.units;

  safety = lib.optionals (cfg.health.safety == "required") [
    (item "safety.link" "safety-link" { } (holds "eq" "connected") "safety")
    (item "safety.heartbeat-age" "safety-heartbeat-age" { } (holds "range" { min = null; max = 2000; }) "safety")
    (item "safety.bypasses" "safety-bypasses" { } (holds "eq" 0) "safety")
  ];

  # One item per id: what the configuration says by hand goes before what was derived.
  byId = lib.listToAttrs (map (one: lib.nameValuePair one.id one) (safety ++ modules ++ units ++ cfg.expected.items));

  expected = {
    schema = "fiducial.expected/1";
    # Filled in by `fiducial release create`: a system cannot contain its own path.
    toplevel = null;
    closureDigest = null;
    items = lib.attrValues byId;
  };

  health = {
    inherit (cfg.health) budgets safety unitsActive modulesLoaded;
  };

  resident = service:
    service.enable
    && lib.elem "multi-user.target" service.wantedBy
    && lib.elem (service.serviceConfig.Type or "simple") [ "simple" "exec" "notify" "notify-reload" "dbus" ];
in
{
  options.services.fiducial = {
    expected = {
      items = mkOption {
        type = types.listOf (types.attrsOf types.anything);
        default = [ ];
        description = "Items of the expected state beyond the derived ones (docs of the manifest: core/manifest/item.ts). Checked when the release is made.";
      };
      modules = mkOption {
        type = types.listOf types.str;
        default = map (lib.replaceStrings [ "-" ] [ "_" ]) config.boot.kernelModules;
        defaultText = "boot.kernelModules";
        description = "Kernel modules that must be loaded.";
      };
      units = mkOption {
        type = types.listOf types.str;
        default = map (name: "${name}.service") (lib.attrNames (lib.filterAttrs (_: resident) config.systemd.services));
        defaultText = "resident services of multi-user.target";
        description = "Units that must be active.";
      };
    };

    health = {
      safety = mkOption {
        type = types.enum [ "required" "none" ];
        default = "required";
        description = "`none` only for a model that has no safety daemon; the signed release says so.";
      };
      unitsActive = mkOption {
        type = types.listOf types.str;
        default = [ ];
        description = "Units that must be active before a new generation counts as confirmed.";
      };
      modulesLoaded = mkOption {
        type = types.listOf types.str;
        default = cfg.expected.modules;
        defaultText = "expected.modules";
        description = "Kernel modules that must be loaded before a new generation counts as confirmed.";
      };
      budgets = mkOption {
        type = types.submodule {
          options = lib.mapAttrs
            (_: default: mkOption {
              type = types.ints.between 1 86400000;
              inherit default;
              description = "Milliseconds.";
            })
            {
              downloadMs = 3600000;
              activateMs = 300000;
              rebootMs = 600000;
              probationMs = 300000;
              safetyHealthyMs = 30000;
            };
        };
        default = { };
        description = "How long each phase of a change may take.";
      };
    };
  };

  config = mkIf cfg.enable {
    system.build.fiducialExpected = pkgs.writeText "expected.json" (builtins.toJSON expected);
    system.build.fiducialHealth = pkgs.writeText "health.json" (builtins.toJSON health);
    system.extraSystemBuilderCmds = ''
      mkdir -p $out/fiducial
      ln -s ${config.system.build.fiducialExpected} $out/fiducial/expected.json
      ln -s ${config.system.build.fiducialHealth} $out/fiducial/health.json
      # Where the guard of this generation is: the activator points its root there once the generation is confirmed.
      ln -s ${cfg.programs} $out/fiducial/programs
    '';
  };
}
