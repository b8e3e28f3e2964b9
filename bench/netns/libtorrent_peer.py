#!/usr/bin/env python3
"""A BitTorrent client by libtorrent that does what it is told.

    libtorrent_peer.py FOLDER TORRENT SETTINGS

SETTINGS is JSON, of lt.session. Each line of input is answered by one of JSON that says how
far the download is; the line "join" begins it first. It ends with its input.
"""
import json
import sys

import libtorrent as lt


def state(handle):
    if handle is None:
        return {}
    status = handle.status()
    unfinished = lt.peer_info.connecting | lt.peer_info.handshake
    return {
        "Begun": status.num_pieces > 0,
        "Complete": status.is_seeding,
        "Sent": status.total_payload_upload,
        "Received": status.total_payload_download,
        "Peers": [p.ip[0] for p in handle.get_peer_info() if not p.flags & unfinished],
    }


def main(folder, torrent, settings):
    session = lt.session(json.loads(settings))
    handle = None
    for line in sys.stdin:
        if line.strip() == "join":
            params = lt.add_torrent_params()
            params.ti = lt.torrent_info(torrent)
            params.save_path = folder
            params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
            handle = session.add_torrent(params)
        for alert in session.pop_alerts():
            print(alert.message(), file=sys.stderr, flush=True)
        print(json.dumps(state(handle)), flush=True)


main(*sys.argv[1:])
