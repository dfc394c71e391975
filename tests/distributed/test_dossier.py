"""What travels to a worker of a site that the archive visited before."""

from crawler.distributed.dossier import learn, pack_dossier, unpack_dossier
from crawler.due import Share, share
from pipelines.store import Store


def test_a_worker_knows_what_a_visit_may_cost(tmp_path):
    with (
        Store.open(tmp_path / "archive", write=True) as archive,
        Store.open(tmp_path / "worker", write=True) as worker,
    ):
        for store in (archive, worker):
            store.put_site("990001", name="青河县", home="http://qh.example/", definition={})
        archive.db.execute("UPDATE sites SET swept_requests = 57, swept_bytes = 5000")
        learn(worker, unpack_dossier(pack_dossier(archive, "990001", incremental=True)))
        assert share(worker, "990001") == Share(5, 100.0)
