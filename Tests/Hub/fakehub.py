"""A Hub of this machine: the part of huggingface.co's protocol that clients of models and data sets speak.

Two servers on two ports, as two origins: the Hub, and the storage ("CDN") that it redirects large files to.
Small files have git's SHA-1 as ETag and come compressed to whoever accepts that; large ones answer 302 with
X-Linked-Etag (SHA-256) and X-Linked-Size. The storage knows ranges and, like S3, refuses requests that carry
an Authorization header. What a test wants to go wrong stands in `faults`, a list for each file of what its
next GETs meet.
"""

import gzip
import hashlib
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit

TOKEN = "hf_right"


class Repo:
    def __init__(self, files, *, revisions=None, gated=False, private=False, large=()):
        self.files = files
        self.commit = hashlib.sha1(b"".join(sorted(n.encode() + b for n, b in files.items()))).hexdigest()
        self.revisions = {"main": self.commit, **(revisions or {})}
        self.older = {}
        self.gated, self.private = gated, private
        self.large = set(large) or {n for n in files if n.endswith((".safetensors", ".gguf", ".parquet", ".gz"))}

    def update(self, files):
        """A new commit on main; the old one stays to be had."""
        self.older[self.commit] = self.files
        newer = Repo({**self.files, **files})
        self.files, self.commit = newer.files, newer.commit
        self.revisions["main"] = self.commit

    def at(self, revision):
        """Commit and files, or None."""
        commit = self.revisions.get(revision, revision)
        files = self.files if commit == self.commit else self.older.get(commit)
        return None if files is None else (commit, files)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def git_sha1(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class FakeHub:
    def __init__(self, tls=None):
        """tls: a certificate of trustme's, by which the servers then speak https."""
        self.scheme = self.storage_scheme = "https" if tls else "http"
        self.repos, self.moved, self.elsewhere = {}, {}, {}
        self.faults, self.log = {}, []
        self.corrupt = {}  # what files hold in place of what their hashes say
        self.servers = [ThreadingHTTPServer(("127.0.0.1", 0), h) for h in (HubHandler, StorageHandler)]
        for server in self.servers:
            server.hub, server.daemon_threads = self, True
            if tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                tls.configure_cert(context)
                server.socket = context.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.servers[0].server_port}"

    @property
    def storage(self):
        return f"{self.storage_scheme}://127.0.0.1:{self.servers[1].server_port}"

    def requests(self, method=None, part=""):
        return [r for r in self.log if (method is None or r["method"] == method) and part in r["path"]]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    where = ""

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.serve()

    def do_GET(self):
        self.serve()

    def serve(self):
        self.hub = self.server.hub
        target = urlsplit(self.path)  # absolute where this server is used as a proxy
        self.hub.log.append(
            {"method": self.command, "path": self.path, "where": self.where,
             "headers": {k.lower(): v for k, v in self.headers.items()}})
        self.route(unquote(target.path), parse_qs(target.query))

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def fault(self, file):
        """Whether the next thing to go wrong with this file has been served in its place."""
        queue = self.hub.faults.get(file)
        if self.command != "GET" or not queue:
            return None
        fault = queue.pop(0)
        if "status" in fault:
            self.answer(fault["status"], b"not now", **fault.get("headers", {}))
            return True
        return fault

    def send_file(self, file, body, headers):
        """A file, whole or the range that is asked for, with what is to go wrong."""
        fault = self.fault(file)
        if fault is True:
            return
        fault = fault or {}
        wanted = self.headers.get("Range")
        status, start, end = 200, 0, len(body)
        if wanted and not fault.get("ignores_range"):
            first, last = wanted.removeprefix("bytes=").split("-")
            start, end = int(first), min(int(last) + 1 if last else len(body), len(body))
            if start >= len(body):
                return self.answer(416, Content_Range=f"bytes */{len(body)}")
            status, headers = 206, {**headers, "Content_Range": f"bytes {start}-{end - 1}/{len(body)}"}
        part = body[start:end]
        if "append" in fault:
            part += fault["append"]
        if "drop" in fault:
            part = part[: -fault["drop"]]
        if "waits" in fault:
            fault["waits"].wait(60)
        cut = fault.get("cut")
        if cut is None:
            return self.answer(status, part, Accept_Ranges="bytes", **headers)
        self.answer(status, part[:cut], Content_Length=str(len(part)), **headers)
        self.wfile.flush()
        self.close_connection = True
        self.connection.close()


class HubHandler(Handler):
    where = "hub"

    def route(self, path, query):
        # Data sets are called datasets/owner/name, here as in addresses.
        if path.startswith("/api/resolve-cache/"):
            name, rest = path.removeprefix("/api/resolve-cache/").removeprefix("models/").split("/@")
            return self.small(name, *rest.split("/", 1))
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            return self.api(parts[2:], query)
        if parts[:2] == ["api", "datasets"]:
            return self.api(parts[1:], query)
        if "resolve" in parts:
            cut = parts.index("resolve")
            return self.resolve("/".join(parts[:cut]), parts[cut + 1], "/".join(parts[cut + 2 :]))
        self.answer(404)

    def error(self, status, code=None, message=None, **headers):
        if code:
            headers["X_Error_Code"] = code
        if message:
            headers["X_Error_Message"] = message
        self.answer(status, json.dumps({"error": message or code}).encode(), **headers)

    def repository(self, name, rest):
        """The repository, or None after an answer why not."""
        if name in self.hub.elsewhere:
            self.answer(307, Location=self.hub.elsewhere[name] + self.path)
            return None
        if name in self.hub.moved:
            self.answer(307, Location=self.path.replace(name, self.hub.moved[name], 1))
            return None
        token = self.headers.get("Authorization")
        if token not in (None, f"Bearer {TOKEN}"):
            self.error(401, message="Invalid credentials in Authorization header")
            return None
        repo = self.hub.repos.get(name)
        if repo is None or (repo.private and not token):
            self.error(404 if token else 401, "RepoNotFound", "Repository not found")
            return None
        if rest == "files" and repo.gated and not token:
            self.error(401, "GatedRepo", "Access to model is restricted.")
            return None
        if rest == "files" and repo.gated == "not yet":
            self.error(403, "GatedRepo", "Access to model is restricted.")
            return None
        return repo

    def api(self, parts, query):
        kinds = ("revision", "tree")
        cut = next((i for i, p in enumerate(parts) if p in kinds), len(parts))
        name, kind = "/".join(parts[:cut]), (parts[cut : cut + 1] or [None])[0]
        repo = self.repository(name, "list")
        if repo is None:
            return
        if self.fault("api"):
            return
        found = repo.at("/".join(parts[cut + 1 :]) or "main")
        if found is None:
            return self.error(404, "RevisionNotFound", "Invalid rev id")
        commit, files = found
        if kind == "tree":
            body = [self.leaf(repo, file, data) for file, data in files.items()]
        else:
            body = {
                "id": name, "modelId": name, "sha": commit, "private": repo.private, "gated": bool(repo.gated),
                "siblings": [self.sibling(repo, file, data, query) for file, data in files.items()], "tags": [], "downloads": 0, "likes": 0,
            }
        self.answer(200, json.dumps(body).encode(), Content_Type="application/json", X_Repo_Commit=commit)

    def sibling(self, repo, file, data, query):
        if query.get("blobs") != ["true"]:
            return {"rfilename": file}
        sibling = {"rfilename": file, "size": len(data), "blobId": git_sha1(data)}
        if file in repo.large:
            sibling["lfs"] = {"sha256": sha256(data), "size": len(data), "pointerSize": 134}
        return sibling

    def leaf(self, repo, file, data):
        leaf = {"type": "file", "path": file, "size": len(data), "oid": git_sha1(data)}
        if file in repo.large:
            leaf["lfs"] = {"oid": sha256(data), "size": len(data), "pointerSize": 134}
        return leaf

    def resolve(self, name, revision, file):
        repo = self.repository(name, "files")
        if repo is None:
            return
        found = repo.at(revision)
        if found is None:
            return self.error(404, "RevisionNotFound", "Invalid rev id")
        commit, files = found
        if file not in files:
            return self.error(404, "EntryNotFound", "Entry not found", X_Repo_Commit=commit)
        data = files[file]
        if file in repo.large:
            if self.fault("hub:" + file):
                return
            return self.answer(
                302, b"Found. Redirecting", X_Repo_Commit=commit, X_Linked_Size=str(len(data)),
                X_Linked_Etag=f'"{sha256(data)}"', ETag='"of-the-redirect"', Accept_Ranges="bytes",
                Location=f"{self.hub.storage}/{name}/@{commit}/{quote(file)}?X-Amz-Signature=abc")
        kind = "" if name.startswith("datasets/") else "models/"
        self.answer(
            307, X_Repo_Commit=commit, ETag=f'"{git_sha1(data)}"',
            Location=f"/api/resolve-cache/{kind}{name}/@{commit}/{quote(file)}?etag=%22{git_sha1(data)}%22")

    def small(self, name, commit, file):
        data = self.hub.repos[name].at(commit)[1][file]
        headers = {"X_Repo_Commit": commit, "ETag": f'"{git_sha1(data)}"'}
        data = self.hub.corrupt.get(file, data)
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            return self.answer(200, gzip.compress(data), Content_Encoding="gzip", **headers)
        self.send_file(file, data, headers)


class StorageHandler(Handler):
    where = "storage"

    def route(self, path, query):
        if "Authorization" in self.headers:
            return self.answer(400, b"<Error><Code>InvalidArgument</Code></Error>")
        if "X-Amz-Signature" not in query:
            return self.answer(403)
        name, rest = path.strip("/").split("/@")
        commit, file = rest.split("/", 1)
        found = self.server.hub.repos[name].at(commit)
        data = self.server.hub.corrupt.get(file, found[1][file])
        # S3's ETag of what came in parts is no hash.
        self.send_file(file, data, {"ETag": '"d41d8cd98f00b204e9800998ecf8427e-2"'})
