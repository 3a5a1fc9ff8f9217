import type { Reason } from "#tests/conformance/refusals.ts";

/**
 * Every test of the suite (v2.4.0, with scanner_repository.py) in which the scanner's verifier refuses what the library takes. Whether it
 * still passes depends on what the test looks at: a refusal before a file that must not be found is a pass.
 */
const LISTED = {
  delegation: [
    "test_quoting_issues.py::test_unusual_role_name[?]",
    "test_quoting_issues.py::test_unusual_role_name[#]",
    "test_quoting_issues.py::test_unusual_role_name[/delegatedrole]",
    "test_quoting_issues.py::test_unusual_role_name[../delegatedrole]",
    "test_rollback.py::test_targets_role_removal",
    "test_rollback.py::test_targets_fast_forward_recovery",
    "test_updater_delegation_graphs.py::test_graph_traversal[basic-delegation]",
    "test_updater_delegation_graphs.py::test_graph_traversal[single-level-delegations]",
    "test_updater_delegation_graphs.py::test_graph_traversal[two-level-delegations]",
    "test_updater_delegation_graphs.py::test_graph_traversal[two-level-test-DFS-order-of-traversal]",
    "test_updater_delegation_graphs.py::test_graph_traversal[three-level-delegation-test-DFS-order-of-traversal]",
    "test_updater_delegation_graphs.py::test_graph_traversal[two-level-terminating-ignores-all-but-roles-descendants]",
    "test_updater_delegation_graphs.py::test_graph_traversal[three-level-terminating-ignores-all-but-roles-descendants]",
    "test_updater_delegation_graphs.py::test_graph_traversal[two-level-ignores-all-branches-not-matching-paths]",
    "test_updater_delegation_graphs.py::test_graph_traversal[three-level-ignores-all-branches-not-matching-paths]",
    "test_updater_delegation_graphs.py::test_graph_traversal[cyclic-graph]",
    "test_updater_delegation_graphs.py::test_graph_traversal[two-roles-delegating-to-a-third]",
    "test_updater_delegation_graphs.py::test_graph_traversal[two-roles-delegating-to-a-third-different-paths]",
    "test_updater_delegation_graphs.py::test_targetfile_search[no delegations]",
    "test_updater_delegation_graphs.py::test_targetfile_search[targetpath matches wildcard]",
    "test_updater_delegation_graphs.py::test_targetfile_search[targetpath with separators x]",
    "test_updater_delegation_graphs.py::test_targetfile_search[targetpath with separators y]",
    "test_updater_delegation_graphs.py::test_targetfile_search[targetpath is not delegated by all roles in the chain]",
    "test_updater_delegation_graphs.py::test_targetfile_search[wildcard does not match path separator]",
    "test_updater_delegation_graphs.py::test_targetfile_search[targetpath matches question mark wildcard]",
    "test_updater_delegation_graphs.py::test_targetfile_search[targetpath does not match question mark wildcard]",
    "test_updater_delegation_graphs.py::test_targetfile_search[targetpath matching is case sensitive]",
    "test_updater_delegation_graphs.py::test_cached_role_is_verified_against_current_delegator",
    "test_updater_delegation_graphs.py::test_delegation_not_in_snapshot",
  ],
  "other-key-type": [
    "test_keys.py::test_keytype_and_scheme[rsa/rsassa-pss-sha256]",
    "test_keys.py::test_keytype_and_scheme[ecdsa/ecdsa-sha2-nistp256]",
    "test_static_repositories.py::test_static_repository[tuf-on-ci-0.11]",
    "test_static_repositories.py::test_static_repository[sigstore-root-signing]",
  ],
  "key-with-further-fields": [
    "test_basic.py::test_custom_fields",
    "test_basic.py::test_deprecated_keyid_hash_algorithms",
  ],
  "file-without-length": [
    "test_rollback.py::test_snapshot_rollback[basic]",
    "test_rollback.py::test_targets_rollback[basic]",
  ],
  "target-without-sha256": [
    "test_file_download.py::test_download_with_hash_algorithms[hashes1]",
    "test_file_download.py::test_download_with_unknown_hash_algorithm",
  ],
  "threshold-above-keys": ["test_keys.py::test_snapshot_has_too_few_keys"],
} as const satisfies Record<Reason, readonly string[]>;

/** Without the suite's tests of its own simulator. A run of fewer says less. */
export const TESTS = 110;

/** By the test's name; what is not here is answered like the library answers it. */
export const EXPECTED: Readonly<Record<string, Reason>> = Object.fromEntries(
  (Object.keys(LISTED) as Reason[]).flatMap((reason) => LISTED[reason].map((test) => [test, reason])),
);
