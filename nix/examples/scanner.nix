# One scanner that changes itself by signed releases. Leave `changes` out and it only reports.
{ ... }:
{
  nixpkgs.hostPlatform = "x86_64-linux";
  networking.hostName = "scanner-1";
  boot.loader.systemd-boot.enable = true;
  boot.loader.efi.canTouchEfiVariables = true;
  boot.kernelModules = [ "can-raw" ];
  fileSystems."/" = { device = "/dev/disk/by-label/nixos"; fsType = "ext4"; };
  fileSystems."/boot" = { device = "/dev/disk/by-label/ESP"; fsType = "vfat"; };
  system.stateVersion = "26.05";

  services.fiducial = {
    enable = true;
    server = "https://fiducial.example.org";
    changes = {
      enable = true;
      model = "FM-25";
      hardwareRevision = "C";
      # Written by `fiducial root init`. They hold public keys only, so they belong beside the configuration.
      trust.release = "/etc/nixos/trust/release.root.json";
      trust.director = "/etc/nixos/trust/director.root.json";
      trustedKeys = [ "cache.example.org-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" ];
      consent = "needed";
      neverBetween = [{ from = "07:00"; to = "19:00"; }];
    };
    health.unitsActive = [ "daq.service" "motors.service" ];
    expected.items = [
      {
        id = "nix.require-sigs";
        kind = "nix-setting";
        args.name = "require-sigs";
        expect = { op = "eq"; want = "true"; };
        class = "config";
        "while" = "always";
      }
    ];
  };

  # The scanner's own services belong to the system as well; these stand for yours.
  systemd.services.daq = { wantedBy = [ "multi-user.target" ]; serviceConfig.ExecStart = "/run/current-system/sw/bin/daq"; };
  systemd.services.motors = { wantedBy = [ "multi-user.target" ]; serviceConfig.ExecStart = "/run/current-system/sw/bin/motors"; };
}
