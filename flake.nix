{
  description = "Fiducial: what a fleet of NixOS scanners really runs, and signed changes of it";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      each = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
    in
    {
      packages = each (pkgs: { default = pkgs.callPackage ./nix/package.nix { }; });

      # Also sets the package; `nix/modules/agent.nix` alone takes any.
      nixosModules.default = { lib, pkgs, ... }: {
        imports = [ ./nix/modules/agent.nix ];
        services.fiducial.package = lib.mkDefault self.packages.${pkgs.stdenv.hostPlatform.system}.default;
      };

      nixosConfigurations.example = nixpkgs.lib.nixosSystem {
        modules = [ self.nixosModules.default ./nix/examples/scanner.nix ];
      };
    };
}
