#!/usr/bin/env python3
"""A BitTorrent client by libtorrent that does what it is told.

    python3 -c "$(cat libtorrent_peer.py)" FOLDER TORRENT SETTINGS

SETTINGS is JSON, of lt.session. What is posted to port 8080 of loopback, JSON, is answered
by JSON that says how far the download is; "join" begins it first.
"""
import http.server
import json
import sys

import libtorrent as lt


class Client:
    def __init__(self, folder, torrent, settings):
        self.folder, self.torrent, self.handle = folder, torrent, None
        self.session = lt.session(json.loads(settings))

    def join(self):
        params = lt.add_torrent_params()
        params.ti = lt.torrent_info(self.torrent)
        params.save_path = self.folder
        params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
        self.handle = self.session.add_torrent(params)

    def state(self):
        for alert in self.session.pop_alerts():
            print(alert.message(), file=sys.stderr, flush=True)
        if self.handle is None:
            return {}
        status = self.handle.status()
        unfinished = lt.peer_info.connecting | lt.peer_info.handshake
        return {
            "Begun": status.num_pieces > 0,
            "Complete": status.is_seeding,
            "Sent": status.total_payload_upload,
            "Received": status.total_payload_download,
            "Peers": [p.ip[0] for p in self.handle.get_peer_info() if not p.flags & unfinished],
        }


def desk(client):
    class Desk(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # header and body are two packets

        def do_POST(self):
            word = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if word == "join":
                client.join()
            text = json.dumps(client.state()).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    return Desk


http.server.ThreadingHTTPServer(("127.0.0.1", 8080), desk(Client(*sys.argv[1:]))).serve_forever()
