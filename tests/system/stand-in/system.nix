# A scanner's system for tests: what a NixOS toplevel consists of as far as a change of it matters, as input-addressed derivations of a
# few kilobytes each, without nixpkgs. Everything but the programs of Fiducial and of the safety daemon is a stand-in.
{ version
, kernel ? "6.12.1"
, init ? "2"
  # The motor daemon: what differs between two ordinary releases.
, motor ? version
  # Seconds that the motor daemon takes to start: a switch that can be caught in the middle.
, slow ? "0"
  # Label of the agent's programs; another one is another agent.
, agent ? "1"
  # python: the daemon of tests/fixtures; failing: one that ends at once.
, safety ? "python"
  # A word makes the part of that name fail: check, activate.
, fails ? ""
  # Below /etc of the system: systemd units of Fiducial as rendered, settings, first roots.
, etc
, health
, programs ? "/opt/fiducial"
, daemons ? "/opt/safety"
, inhibitors ? ""
  # JSON for bulk.nix: packages that only weigh.
, bulk ? ""
  # Any word switches the scanner's own page on.
, page ? ""
}:
let
  sh = name: env: script: derivation ({
    inherit name;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    PATH = "/usr/bin:/bin";
    args = [ "-euc" script ];
  } // env);
  file = name: text: sh name { inherit text; passAsFile = [ "text" ]; } "cp \"$textPath\" $out";

  kernelPath = sh "linux-${kernel}" { } "mkdir -p $out/lib/modules/${kernel}; echo kernel ${kernel} >$out/bzImage; echo initrd ${kernel} >$out/initrd";
  agentPath = sh "fiducial-${agent}" { inherit programs; } ''
    mkdir -p $out/lib/fiducial
    cp $programs/*.mjs $out/lib/fiducial/
    chmod -R u+w $out
    echo ${agent} >$out/lib/fiducial/label
  '';
  motorPath = sh "motor-daemon-${motor}" { } ''
    mkdir -p $out/bin
    printf '#!/bin/sh\nreadlink /run/current-system >/run/motor-started-under\nexec sleep infinity # ${motor}\n' >$out/bin/motor
    chmod +x $out/bin/motor
    seq 1 2000 >$out/table
  '';
  safetyPath = sh "safety-daemon-${safety}" { inherit daemons; } "mkdir -p $out/bin; cp $daemons/safetyd.py $out/bin/";
  safetyCommand =
    if safety == "failing" then "/bin/false"
    else "/usr/bin/python3 ${safetyPath}/bin/safetyd.py --socket /run/fiducial/safety.sock --control /run/safetyd.control --group fiducial";

  motorUnit = ''
    [Unit]
    Description=Motor controller
    [Service]
    ExecStartPre=/bin/sleep ${slow}
    ExecStart=${motorPath}/bin/motor
  '';
  safetyUnit = ''
    [Unit]
    Description=Safety daemon
    StartLimitIntervalSec=0
    [Service]
    Type=${if safety == "failing" then "exec" else "notify"}
    ExecStart=${safetyCommand}
    WatchdogSec=4
    Restart=always
    RestartSec=1
  '';
  etcPath = sh "etc" { inherit etc motorUnit safetyUnit agentPath; passAsFile = [ "motorUnit" "safetyUnit" ]; } ''
    mkdir -p $out
    cp -rL $etc/. $out/
    chmod -R u+w $out
    units=$out/systemd/system
    cp "$motorUnitPath" $units/motor.service
    cp "$safetyUnitPath" $units/safetyd.service
    for unit in $(find $out -type f -name '*.in'); do
      sed "s|@agent@|$agentPath/lib/fiducial|g; s|@node@|/usr/local/bin/node|g" "$unit" >"''${unit%.in}"
      rm "$unit"
    done
    mkdir -p $out/tmpfiles.d && mv $units/fiducial.tmpfiles $out/tmpfiles.d/fiducial.conf
    wants=$units/multi-user.target.wants
    mkdir -p $wants $units/sockets.target.wants $units/timers.target.wants
    ln -s ../fiducial-watch.timer $units/timers.target.wants/
    for unit in motor safetyd fiducial-agent fiducial-facts fiducial-guard; do ln -s ../$unit.service $wants/; done
    ln -s ../fiducial-facts.path $wants/
    sockets="fiducial-activate ${if page == "" then "" else "fiducial-local fiducial-page"}"
    for socket in $sockets; do ln -s ../$socket.socket $units/sockets.target.wants/; done
  '';
  healthPath = file "health.json" health;
  expectedPath = file "expected.json" (builtins.toJSON {
    schema = "fiducial.expected/1";
    toplevel = null;
    closureDigest = null;
    items = map
      (name: {
        id = "unit.${name}";
        kind = "unit";
        args.name = name;
        expect = { op = "eq"; want = "active"; };
        class = "function";
        "while" = "always";
      }) [ "fiducial-agent.service" "motor.service" ];
  });
  script = name: sh name { source = builtins.path { path = ./. + "/${name}.sh"; name = "${name}.sh"; }; } "mkdir $out; cp $source $out/${name}; chmod +x $out/${name}";
  swPath = sh "system-path" { bootctl = script "bootctl"; inherit agentPath; } "mkdir -p $out/bin; ln -s $bootctl/bootctl $out/bin/";
in
sh "nixos-system-scanner-${version}"
{
  inherit kernelPath agentPath etcPath swPath healthPath expectedPath inhibitors fails;
  bulkPaths = if bulk == "" then [ ] else import ./bulk.nix (builtins.fromJSON bulk);
  preSwitch = script "pre-switch-check";
  installer = script "install-boot-loader";
  activate = script "activate";
  initSource = builtins.path { path = ./init.sh; name = "init.sh"; };
  switchSource = builtins.path { path = ./switch-to-configuration.sh; name = "switch-to-configuration.sh"; };
} ''
  mkdir -p $out/bin $out/fiducial $out/stand-in
  ln -s $kernelPath/bzImage $out/kernel
  ln -s $kernelPath/initrd $out/initrd
  ln -s $kernelPath $out/kernel-modules
  ln -s $etcPath $out/etc
  ln -s $swPath $out/sw
  ln -s $preSwitch/pre-switch-check $out/pre-switch-check
  ln -s $installer/install-boot-loader $out/install-boot-loader
  ln -s $activate/activate $out/activate
  ln -s $expectedPath $out/fiducial/expected.json
  ln -s $healthPath $out/fiducial/health.json
  ln -s $agentPath/lib/fiducial $out/fiducial/programs
  sed "s|@out@|$out|g" $initSource >$out/init
  sed "s|@out@|$out|g" $switchSource >$out/bin/switch-to-configuration
  chmod +x $out/init $out/bin/switch-to-configuration
  echo ${version} >$out/nixos-version
  echo ${init} >$out/init-interface-version
  echo quiet >$out/kernel-params
  printf x86_64-linux >$out/system
  [ -z "$inhibitors" ] || printf '%s' "$inhibitors" >$out/switch-inhibitors
  [ -z "$fails" ] || touch $out/stand-in/$fails-fails
  [ -z "$bulkPaths" ] || printf '%s\n' $bulkPaths >$out/bulk
  cat >$out/boot.json <<END
  {"org.nixos.bootspec.v1":{"init":"$out/init","initrd":"$out/initrd","kernel":"$out/kernel","kernelParams":["quiet"],"label":"NixOS ${version}","system":"x86_64-linux","toplevel":"$out"}}
  END
''
