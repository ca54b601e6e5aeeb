"""Links that must not be followed, requests that must not leave, and those that may."""

from __future__ import annotations

WS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
ARM = "https://management.azure.com"
HISTORY = "https://eastus.api.azureml.ms"
POLICIES = "/subscriptions/s/resourceGroups/g/providers/Microsoft.PolicyInsights/policyStates"

HOSTILE = """
http://management.azure.com/x
HTTP://management.azure.com/x
ftp://management.azure.com/x
file:///etc/passwd
javascript:alert(1)
//management.azure.com/x
management.azure.com/x
https:management.azure.com/x
https:/management.azure.com/x
https:///management.azure.com/x
https://
https://management.azure.com.evil.example/x
https://management.azure.com.evil.example:443/x
https://evil.example/management.azure.com
https://evil.example/?management.azure.com
https://evil.example#management.azure.com
https://evil.example/#@management.azure.com
https://evil-management.azure.com.co/x
https://xmanagement.azure.com/x
https://management-azure.com/x
https://management.azure.co/x
https://management.azure.com.au/x
https://azure.com/x
https://api.azureml.ms.evil.example/x
https://.api.azureml.ms/x
https://api.azureml.ms/x
https://eastus.api.azureml.ms.evil.example/x
https://eastusapi.azureml.ms/x
https://eastus.api.azureml.msx/x
https://eastus.api.azureml.ms@evil.example/x
https://management.azure.com@evil.example/x
https://management.azure.com:443@evil.example/x
https://user@management.azure.com/x
https://user:pass@management.azure.com/x
https://:@management.azure.com/x
https://@management.azure.com/x
https://evil.example\\@management.azure.com/x
https://management.azure.com\\@evil.example/x
https://management.azure.com\\.evil.example/x
https://evil.example\\management.azure.com/x
https://management.azure.com%00.evil.example/x
https://management.azure.com%2eevil.example/x
https://management.azure.com%2f@evil.example/x
https://management.azure.com%40evil.example/x
https://management.azure.com;evil.example/x
https://management.azure.com,evil.example/x
https://management.azure.com evil.example/x
https://management.azure.com\t.evil.example/x
https://management.azure.com./x
https://management.azure.com../x
https://management..azure.com/x
https://management.azure.com:8443/x
https://management.azure.com:80/x
https://management.azure.com:/x
https://management.azure.com:443443/x
https://management.azure.com:-1/x
https://management.azure.com:0443x/x
https://20.0.0.1/x
https://127.0.0.1/x
https://2130706433/x
https://0x7f000001/x
https://[::1]/x
https://[::ffff:127.0.0.1]/x
https://[management.azure.com]/x
https://localhost/x
https://mаnagement.azure.com/x
https://management。azure。com/x
https://ｍanagement.azure.com/x
https://management.azure.com\u200b/x
https://management.azure.com\u00ad/x
https://xn--mnagement-y7a.azure.com.evil.example/x
https://xn--e1afmkfd.example/x
https://ⓜanagement.azure.com/x
https://management_azure.com/x
https://-.api.azureml.ms/x
https://*.api.azureml.ms/x
https://metadata.google.internal/x
https://169.254.169.254/metadata/instance
https://login.microsoftonline.com/x
https://management.usgovcloudapi.net/x
https://management.chinacloudapi.cn/x
https://ml.azure.com/x
https://api.loganalytics.io/x
https://westeurope.metrics.monitor.azure.com/x
https://account.blob.core.windows.net/x
https://prices.azure.com/x
https://<management.azure.com>/x
https://management.azure.com"/x
https://{management.azure.com}/x
https://management.azure.com|evil.example/x
""".strip().split("\n")

HOME = (
    f"{ARM}/x",
    "https://MANAGEMENT.Azure.Com/x",
    f"{ARM}:443/x",
    "https://westeurope.management.azure.com/x",
    f"{HISTORY}/x",
    "https://0f8fad5b-d9cd-469f-a165-70867728950e.workspace.westeurope.api.azureml.ms/x",
    f"{ARM}/x?y=https://evil.example/@#z",
)

# What a server can put into a header, and what does not join to the host it came from.
ELSEWHERE = [
    url
    for url in HOSTILE
    if url.isascii() and "://" in url and url not in ("https://", "https:///management.azure.com/x")
]

WRITES = (
    ("PUT", f"{ARM}{WS}/computes/c"),
    ("PATCH", f"{ARM}{WS}/computes/c"),
    ("DELETE", f"{ARM}{WS}/jobs/j"),
    ("POST", f"{ARM}{WS}/jobs/j/cancel"),
    ("POST", f"{ARM}{WS}/computes/c/start"),
    ("POST", f"{ARM}{WS}/computes/c/stop"),
    ("POST", f"{ARM}{WS}/listKeys"),
    ("POST", f"{ARM}{WS}/datastores/d/listSecrets"),
    ("POST", f"{ARM}{WS}/onlineEndpoints/e/listKeys"),
    ("POST", f"{ARM}{WS}/onlineEndpoints/e/token"),
    ("POST", f"{ARM}{WS}/onlineEndpoints/e/regenerateKeys"),
    ("POST", f"{ARM}{WS}/computes/c/start/listNodes"),
    ("POST", f"{ARM}{WS}/computes/c/start?x=/listNodes"),
    ("POST", f"{ARM}{WS}/computes/c/start#/listNodes"),
    ("POST", f"{ARM}{WS}/computes/c/start/../listNodes"),
    ("POST", f"{ARM}{WS}/computes/../computes/c/listNodes"),
    ("POST", f"{ARM}{WS}/computes/c%2fstart%3f/listNodes"),
    ("POST", f"{ARM}{WS}/computes/%2e%2e/listNodes"),
    ("POST", f"{ARM}{WS}/computes/c/listNodes/"),
    ("POST", f"{ARM}{WS}//computes/c/listNodes"),
    ("POST", f"{ARM}{WS}/computes/c/listNodes;x"),
    ("POST", f"{ARM}{WS}/computes/c/listnodesx"),
    ("POST", f"{ARM}{WS}/jobs/listNodes"),
    ("POST", f"{ARM}/subscriptions/s/providers/Microsoft.CostManagement/exports/e/run"),
    ("POST", f"{ARM}/subscriptions/s/providers/Microsoft.CostManagement/query/x"),
    ("POST", f"{ARM}/subscriptions/s/providers/Microsoft.ResourceGraph/resources"),
    ("POST", f"{HISTORY}/history/v1.0{WS}/experiments/e/runs/r/cancel"),
    ("POST", f"{HISTORY}/history/v1.0{WS}/experiments:create"),
    ("POST", f"{HISTORY}/mlflow/v2.0{WS}/api/2.0/mlflow/runs/log-metric"),
    ("POST", f"{HISTORY}/mlflow/v2.0{WS}/api/2.0/mlflow/runs/delete"),
    ("POST", f"{HISTORY}{WS}/computes/c/listNodes"),
    ("POST", f"{ARM}/history/v1.0{WS}/experiments:query"),
    ("post", f"{ARM}{WS}/computes/c/listNodes"),
    ("OPTIONS", f"{ARM}{WS}"),
    ("TRACE", f"{ARM}{WS}"),
    ("get", f"{ARM}{WS}"),
    ("", f"{ARM}{WS}"),
    ("GET\r\nX: y", f"{ARM}{WS}"),
    ("POST", f"{ARM}{POLICIES}/latest/summarize"),
    ("POST", f"{ARM}{POLICIES}/latest/triggerEvaluation"),
    ("POST", f"{ARM}/subscriptions/s/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults"),
    ("POST", f"{ARM}{WS}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults"),
    ("PUT", f"{ARM}{POLICIES}/latest/queryResults"),
    ("POST", f"{ARM}{WS}/listKeys"),
)

READS = (
    f"{ARM}{WS}/computes/c/listNodes",
    f"{ARM}{WS.lower()}/COMPUTES/c/LISTNODES",
    f"{ARM}{WS}/onlineEndpoints/e/deployments/d/getLogs",
    f"{ARM}/subscriptions/s/providers/Microsoft.CostManagement/query",
    f"{ARM}/subscriptions/s/resourceGroups/g/providers/Microsoft.CostManagement/forecast",
    f"{ARM}/providers/Microsoft.ResourceGraph/resources",
    f"{ARM}{POLICIES}/latest/queryResults",
    f"{HISTORY}/history/v1.0{WS}/experiments:query",
    f"{HISTORY}/history/v1.0{WS}/experiments/my%20experiment/runs:query",
    f"{HISTORY}/history/v1.0{WS}/runs:query",
    f"{HISTORY}/history/v1.0{WS}/rundata",
    f"{HISTORY}/history/v1.0{WS}/batchrundata",
    f"{HISTORY}/metric/v2.0{WS}/runs/r/lastvalues",
    f"{HISTORY}/metric/v2.0{WS}/runs/r/sample",
    f"{HISTORY}/index/v1.0{WS}/entities",
    f"{HISTORY}/mlflow/v2.0{WS}/api/2.0/mlflow/runs/search",
)
