# The only definition of a scanner's units. `nix/render.nix` evaluates this file and writes `nix/units/*.in`, which is what machines
# without NixOS install (docs/operations.md) and what the tests boot, so there is no second truth.
{ config, lib, pkgs, ... }:
let
  cfg = config.services.fiducial;
  inherit (lib) mkEnableOption mkIf mkOption optionalAttrs types;

  program = name: "${cfg.node} ${cfg.programs}/${name}.mjs";
  json = name: value: pkgs.writeText name (builtins.toJSON value);

  # What a switch must leave alone: it would cut off the program that watches it, or carries it out. Whoever switched restarts the agent itself.
  untouchedBySwitch = {
    restartIfChanged = false;
    stopIfChanged = false;
    unitConfig.X-StopOnRemoval = false;
  };

  # nvidia-smi, Nix, and what unpacks module files (xz, zstd) are part of the system, wherever that keeps its programs.
  systemPath = lib.mkForce "/run/current-system/sw/bin:/usr/local/bin:/usr/bin:/bin";

  # It watches; it never competes with the scan (SEE-17).
  lastInLine = {
    CPUSchedulingPolicy = "idle";
    IOSchedulingClass = "idle";
  };

  # No network, because nothing here needs one: what came from outside lies in the spool. systemd-nspawn ignores PrivateNetwork=, so this is what counts.
  noNetwork = {
    RestrictAddressFamilies = "AF_UNIX";
    IPAddressDeny = "any";
  };

  factsService = {
    Type = "oneshot";
    StateDirectory = "fiducial-facts";
    Nice = 19;
    NoNewPrivileges = true;
    ProtectSystem = "full";
    ProtectHome = true;
    PrivateTmp = true;
  } // lastInLine // noNetwork;

  # Root, because profile, boot loader and store are; its own folder is closed to everybody else (N-04).
  activator = {
    StateDirectory = "fiducial-activate";
    StateDirectoryMode = "0700";
    ProtectHome = true;
    UMask = "0077";
  } // noNetwork;
in
{
  imports = [ ./expected.nix ];

  options.services.fiducial = {
    enable = mkEnableOption "the Fiducial agent, which reports what this scanner really runs";

    package = mkOption {
      type = types.package;
      description = "Package with the scanner's programs in lib/fiducial (nix/package.nix).";
    };
    programs = mkOption {
      type = types.str;
      internal = true;
      default = "${cfg.package}/lib/fiducial";
      defaultText = "\${package}/lib/fiducial";
    };
    node = mkOption {
      type = types.str;
      internal = true;
      default = lib.getExe pkgs.nodejs;
      defaultText = "lib.getExe pkgs.nodejs";
    };

    server = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "https://fiducial.example.org";
      description = "Address of the server; its binary cache is the first of `changes.caches`. Which server is believed is decided by enrolling.";
    };
    caFile = mkOption {
      type = types.nullOr types.path;
      default = null;
      description = "PEM file of certificate authorities believed beside the built-in ones, for a site whose proxy inspects.";
    };
    proxy = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "http://proxy.hospital.example:3128";
      description = "The site's http proxy.";
    };
    download.bytesPerSecond = mkOption {
      type = types.nullOr (types.ints.between 16384 2147483647);
      default = null;
      example = 1250000;
      description = "How fast releases may be downloaded, bytes per second over all connections together; null: as fast as the line goes.";
    };
    safetySocket = mkOption {
      type = types.path;
      default = "/run/fiducial/safety.sock";
      description = "Where the safety daemon speaks (docs/safety-socket.md).";
    };

    page = {
      enable = mkEnableOption "the scanner's own page, for whoever stands in front of it; it works without a network";
      listen = mkOption {
        type = types.listOf types.str;
        default = [ "127.0.0.1:7420" ];
        description = "Where it answers. It speaks plain HTTP: an address that others reach belongs to a service network, and to no other.";
      };
      hosts = mkOption {
        type = types.listOf types.str;
        default = cfg.page.listen ++ [ "localhost:7420" ];
        defaultText = "page.listen and localhost:7420";
        description = "Names with port under which it may be asked for; every other is refused (DNS rebinding).";
      };
    };

    changes = {
      enable = mkEnableOption "changes of this scanner by signed releases; without it Fiducial only observes, and cannot do more";
      model = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "Model of this scanner: a release for another one is refused.";
      };
      hardwareRevision = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "Hardware revision of this scanner, as releases name it.";
      };
      trust = {
        release = mkOption {
          type = types.nullOr types.path;
          default = null;
          description = "First root of the release repository (`fiducial root init`): whom this scanner believes what may run on it.";
        };
        director = mkOption {
          type = types.nullOr types.path;
          default = null;
          description = "First root of the director: who may ask this scanner to change.";
        };
      };
      trustedKeys = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "cache.example.org-1:…" ];
        description = "Public keys of Nix caches. Every path that is not content-addressed must carry a signature of one of them, beside being listed in the signed release.";
      };
      caches = mkOption {
        type = types.listOf types.str;
        default = lib.optional (cfg.server != null) "${cfg.server}/agent/v1/cache";
        defaultText = "the server's own";
        description = "Binary caches to fetch from, in this order.";
      };
      consent = mkOption {
        type = types.enum [ "not-needed" "needed" ];
        default = "needed";
        description = "Whether somebody at the scanner has to agree before it activates a release.";
      };
      neverBetween = mkOption {
        type = types.listOf (types.submodule {
          options = lib.genAttrs [ "from" "to" ] (_: mkOption {
            type = types.strMatching "([01][0-9]|2[0-3]):[0-5][0-9]";
            description = "Local time of the scanner, HH:MM.";
          });
        });
        default = [ ];
        example = [{ from = "07:00"; to = "19:00"; }];
        description = "Times of day in which nothing is activated, whatever anybody asks.";
      };
      liveSwitch = mkOption {
        type = types.bool;
        default = false;
        description = "Whether a release may be switched to while the scanner runs, where kernel, systemd and D-Bus stay the same; else it is booted into.";
      };
      bootLoader = mkOption {
        type = types.enum [ "systemd-boot" "grub" "none" ];
        default =
          if config.boot.loader.systemd-boot.enable then "systemd-boot"
          else if config.boot.loader.grub.enable then "grub"
          else "none";
        defaultText = "the one this system boots with";
        description = "Where a new generation becomes a one-shot entry before it is the default.";
      };
      espPath = mkOption {
        type = types.path;
        default = config.boot.loader.efi.efiSysMountPoint;
        defaultText = "boot.loader.efi.efiSysMountPoint";
        description = "Where the boot entries lie.";
      };
    };
  };

  config = mkIf cfg.enable {
    assertions = [
      {
        assertion = cfg.changes.enable -> cfg.changes.trust.release != null && cfg.changes.trust.director != null;
        message = "services.fiducial.changes needs both first roots (changes.trust.release and changes.trust.director): without them nobody could be believed.";
      }
      {
        assertion = cfg.changes.enable -> cfg.changes.model != null;
        message = "services.fiducial.changes.model: a scanner that does not know its model cannot tell whether a release is for it.";
      }
    ];

    users.users.fiducial = {
      isSystemUser = true;
      group = "fiducial";
      description = "Fiducial agent";
    };
    users.groups.fiducial = { };
    users.users.fiducial-page = mkIf cfg.page.enable {
      isSystemUser = true;
      group = "fiducial-page";
      description = "Fiducial page";
    };
    users.groups.fiducial-page = mkIf cfg.page.enable { };

    environment.systemPackages = [ cfg.package ];
    environment.etc = {
      "fiducial/agent.json".source = json "agent.json" ({
        changesEnabled = cfg.changes.enable;
        inherit (cfg) safetySocket;
      } // optionalAttrs (cfg.caFile != null) { caFile = toString cfg.caFile; }
      // optionalAttrs (cfg.proxy != null) { inherit (cfg) proxy; }
      // optionalAttrs (cfg.download.bytesPerSecond != null) { downloadBytesPerSecond = cfg.download.bytesPerSecond; });
      "fiducial/changes.json".source = json "changes.json" {
        schema = "fiducial.changes/1";
        inherit (cfg.changes) enable model hardwareRevision trustedKeys caches consent neverBetween bootLoader espPath liveSwitch;
        inherit (cfg) safetySocket;
      };
    } // optionalAttrs cfg.page.enable {
      "fiducial/page.json".source = json "page.json" { inherit (cfg.page) hosts; };
    } // lib.concatMapAttrs
      (repository: root: optionalAttrs (root != null) { "fiducial/trust/${repository}.root.json".source = root; })
      cfg.changes.trust;

    # A closure that Nix calls valid must have reached the disk (a power cut leaves empty files otherwise), and only root decides what is believed.
    nix.settings = {
      fsync-store-paths = true;
      sync-before-registering = true;
      require-sigs = true;
      trusted-users = [ "root" ];
    };

    # /run/fiducial: the agent's sign of life, the safety daemon's socket, what device owners publish. Sticky, because the group may make
    # files there and must not move root's: fiducial-facts and the activator write below as root.
    systemd.tmpfiles.rules = [
      "d /run/fiducial 1775 root fiducial -"
      "d /run/fiducial/facts.d 1775 root fiducial -"
      "d /run/fiducial/closures 0755 root root -"
      "d /var/spool/fiducial 0750 fiducial fiducial -"
      "d /nix/var/nix/gcroots/fiducial 0755 root root -"
      # Until a generation was confirmed here, the guard is the one this system came with; L makes it only where nothing is.
      "L /nix/var/nix/gcroots/fiducial/guard - - - - ${cfg.programs}"
    ];

    systemd.services = {
      fiducial-agent = lib.recursiveUpdate untouchedBySwitch {
        description = "Fiducial agent: reports what this scanner runs";
        after = [ "network.target" "dbus.service" ];
        wantedBy = [ "multi-user.target" ];
        startLimitIntervalSec = 0;
        environment.PATH = systemPath;
        serviceConfig = {
          Type = "exec";
          ExecStart = "${cfg.node} --max-old-space-size=64 --max-semi-space-size=1 ${cfg.programs}/fiducial-agent.mjs";
          User = "fiducial";
          Group = "fiducial";
          StateDirectory = "fiducial";
          StateDirectoryMode = "0700";
          Restart = "always";
          RestartSec = 5;
          # A switch waits for it, also the one that goes back; it has nothing to lose by a kill (tests/integration/kills.test.ts).
          TimeoutStopSec = 15;
          # Room for fiducial-fetch, which it starts now and then and which verifies metadata of a few hundred kilobytes.
          MemoryHigh = "192M";
          TasksMax = 48;
          # It can read the host and change nothing (ACT-9).
          NoNewPrivileges = true;
          CapabilityBoundingSet = "";
          ProtectSystem = "strict";
          ProtectHome = true;
          ProtectKernelTunables = true;
          ProtectKernelModules = true;
          ProtectControlGroups = true;
          PrivateTmp = true;
          # Device nodes are looked at and not opened (SEE-16); only NVIDIA's may be, by nvidia-smi and while idle.
          DevicePolicy = "closed";
          DeviceAllow = "char-nvidia* rw";
          ReadWritePaths = [ "/run/fiducial" "-/var/spool/fiducial" ];
          RestrictAddressFamilies = "AF_UNIX AF_INET AF_INET6";
          RestrictNamespaces = true;
          LockPersonality = true;
          SystemCallArchitectures = "native";
          UMask = "0027";
        } // lastInLine;
      };

      # Started by its path unit when a profile or the running system changes, and once at boot.
      fiducial-facts = {
        description = "Fiducial closure facts: asks Nix what the closures on this scanner are";
        wantedBy = [ "multi-user.target" ];
        environment.PATH = systemPath;
        serviceConfig = factsService // { ExecStart = "${program "fiducial-facts"} observe"; };
      };

      fiducial-verify = {
        description = "Fiducial on-disk verification of the running closure";
        after = [ "fiducial-facts.service" ];
        environment.PATH = systemPath;
        serviceConfig = factsService // { ExecStart = "${program "fiducial-facts"} verify"; };
      };

      # Starts with a request and ends when idle. It decides and copies; the switch itself runs in transient units that outlive it.
      fiducial-activate = lib.recursiveUpdate untouchedBySwitch {
        description = "Fiducial activator: verifies, stages and changes this scanner";
        requires = [ "fiducial-activate.socket" ];
        after = [ "fiducial-activate.socket" ];
        environment.PATH = systemPath;
        serviceConfig = activator // {
          Type = "exec";
          ExecStart = "${program "fiducial-activate"} serve";
          NoNewPrivileges = true;
          PrivateTmp = true;
        };
      };

      # At boot, from the last generation that was confirmed here: a new one must not judge itself (reliability.md, recovery).
      fiducial-guard = lib.recursiveUpdate untouchedBySwitch {
        description = "Fiducial guard: carries an interrupted change to its end, and arms its deadline again";
        after = [ "systemd-tmpfiles-setup.service" "local-fs.target" "dbus.service" ];
        before = [ "fiducial-agent.service" ];
        wantedBy = [ "multi-user.target" ];
        environment.PATH = systemPath;
        serviceConfig = activator // {
          Type = "oneshot";
          RemainAfterExit = true;
          ExecStart = "${cfg.node} /nix/var/nix/gcroots/fiducial/guard/fiducial-activate.mjs recover";
        };
      };
    };

    # Root, with a closed set of words of its own: what lets a change begin or goes back needs the passcode, which is compared here.
    systemd.services.fiducial-local = mkIf cfg.page.enable (lib.recursiveUpdate untouchedBySwitch {
      description = "Fiducial activator, for the scanner's own page";
      requires = [ "fiducial-local.socket" ];
      after = [ "fiducial-local.socket" ];
      environment.PATH = systemPath;
      serviceConfig = activator // {
        Type = "exec";
        ExecStart = "${program "fiducial-activate"} serve-local";
        NoNewPrivileges = true;
        PrivateTmp = true;
      };
    });
    systemd.sockets.fiducial-local = mkIf cfg.page.enable {
      description = "Fiducial activator's socket for the scanner's own page";
      wantedBy = [ "sockets.target" ];
      socketConfig = {
        ListenStream = "/run/fiducial/local.sock";
        SocketUser = "root";
        SocketGroup = "fiducial-page";
        SocketMode = "0660";
        Accept = false;
      };
    };

    # Starts with a connection and ends a minute after the last one: nobody looks, so it costs nothing. It holds no key and no state.
    systemd.services.fiducial-page = mkIf cfg.page.enable {
      description = "Fiducial page: what this scanner says to whoever stands in front of it";
      requires = [ "fiducial-page.socket" ];
      after = [ "fiducial-page.socket" ];
      serviceConfig = {
        Type = "exec";
        ExecStart = "${cfg.node} --max-old-space-size=48 --max-semi-space-size=1 ${cfg.programs}/fiducial-page.mjs";
        User = "fiducial-page";
        Group = "fiducial-page";
        RuntimeDirectory = "fiducial-page";
        RuntimeDirectoryMode = "0700";
        RuntimeDirectoryPreserve = true;
        MemoryHigh = "96M";
        TasksMax = 32;
        NoNewPrivileges = true;
        CapabilityBoundingSet = "";
        ProtectSystem = "strict";
        ProtectHome = true;
        ProtectKernelTunables = true;
        ProtectKernelModules = true;
        ProtectControlGroups = true;
        PrivateTmp = true;
        PrivateDevices = true;
        ProtectClock = true;
        ProtectHostname = true;
        ProtectKernelLogs = true;
        # What others run, and with which arguments, is nothing that strangers may ask of this program.
        ProtectProc = "invisible";
        # Others' rights keep it out of these already; a wrong mode one day must not let it in.
        InaccessiblePaths = [ "-/var/lib/fiducial" "-/var/lib/fiducial-activate" "-/var/spool/fiducial" ];
        RestrictRealtime = true;
        RestrictSUIDSGID = true;
        RemoveIPC = true;
        SystemCallFilter = [ "@system-service" "~@privileged" ];
        SystemCallErrorNumber = "EPERM";
        # The listening socket comes from systemd: the program itself needs none of the network.
        RestrictAddressFamilies = "AF_UNIX";
        RestrictNamespaces = true;
        LockPersonality = true;
        SystemCallArchitectures = "native";
        UMask = "0077";
      } // lastInLine;
    };
    systemd.sockets.fiducial-page = mkIf cfg.page.enable {
      description = "Fiducial page's socket";
      wantedBy = [ "sockets.target" ];
      socketConfig = {
        ListenStream = cfg.page.listen;
        Accept = false;
      };
    };

    # Node cannot speak to systemd's own watchdog. From the last confirmed generation, like the guard.
    systemd.services.fiducial-watch = {
      description = "Fiducial watch: restarts an agent that gives no sign of life";
      environment.PATH = systemPath;
      serviceConfig = {
        Type = "oneshot";
        ExecStart = "${cfg.node} /nix/var/nix/gcroots/fiducial/guard/fiducial-activate.mjs watch";
        NoNewPrivileges = true;
        ProtectSystem = "strict";
        ProtectHome = true;
        PrivateTmp = true;
        ReadWritePaths = [ "/run/fiducial" ];
      } // lastInLine // noNetwork;
    };

    systemd.sockets.fiducial-activate = {
      description = "Fiducial activator's socket: a few words from the agent, nothing else";
      wantedBy = [ "sockets.target" ];
      unitConfig.X-StopOnRemoval = false;
      socketConfig = {
        ListenStream = "/run/fiducial/activate.sock";
        SocketUser = "root";
        SocketGroup = "fiducial";
        SocketMode = "0660";
        Accept = false;
      };
    };

    systemd.paths.fiducial-facts = {
      description = "Fiducial closure facts when a profile or the running system changes";
      wantedBy = [ "multi-user.target" ];
      pathConfig = {
        PathChanged = [ "/nix/var/nix/profiles" "/run/current-system" ];
        Unit = "fiducial-facts.service";
      };
    };

    systemd.timers.fiducial-watch = {
      description = "Fiducial watch, every minute";
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnBootSec = "2min";
        OnUnitInactiveSec = "60s";
        AccuracySec = "10s";
      };
    };

    systemd.timers.fiducial-verify = {
      description = "Fiducial on-disk verification, every night; a run that was cut off goes on where it stopped";
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnBootSec = "10min";
        OnCalendar = "daily";
        RandomizedDelaySec = "2h";
        Persistent = true;
      };
    };
  };
}
