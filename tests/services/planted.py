"""Where secrets hide, and documents that only look as if they held some."""

from __future__ import annotations

CANARY = "cAnArY0123456789abcdef"
KEY = "K" * 85 + "9=="

FIELDS = (
    "primaryKey", "secondaryKey", "accessToken", "refreshToken", "token", "password", "adminUserPassword",
    "secret", "clientSecret", "client_secret", "accountKey", "storageAccountKey", "sasToken",
    "connectionString", "instrumentationKey", "InstrumentationKey", "apiKey", "api_key", "api-key", "x-api-key",
    "subscriptionKey", "sharedAccessKey", "privateKey", "PASSWORD", "pwd", "userPwd", "SharedAccessSignature",
    "telemetryAppInsightsKey", "bearerToken", "Authorization", "WANDB_API_KEY", "HF_TOKEN", "DB_PASSWORD",
    "AZURE_CLIENT_SECRET", "AWS_SECRET_ACCESS_KEY", "MY_PAT", "PGPASSWORD", "AZURE_STORAGE_CONNECTION_STRING",
    "SAS_TOKEN",
)  # fmt: skip

TEXTS = (
    "https://a.blob.core.windows.net/c/x.txt?sv=2019&sr=b&sig={}&se=2026",
    "sig={}",
    "?sv=1&SIG={}",
    "https%3A%2F%2Fa%3Fsig%3D{}%26se",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={};EndpointSuffix=core.windows.net",
    "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={}",
    "Server=tcp:x.database.windows.net,1433;Database=d;User ID=u;Password={};Encrypt=true",
    "Server=x;PWD={};",
    "InstrumentationKey={};IngestionEndpoint=https://x",
    "Authorization: Bearer {}",
    "authorization: bearer {}.x",
    "Authorization: Basic {}",
    "eyJ{0}.eyJ{0}.{0}",
    "python train.py --password {} --lr 0.1",
    "python train.py --api-key={} --lr 0.1",
    "python train.py --token '{}'",
    "HF_TOKEN={} python train.py",
    "export WANDB_API_KEY={} && run",
    'set "AZURE_CLIENT_SECRET={}"',
    "password: {}",
    "api_key: {}",
    "{{'secret': '{}'}}",
    '{{"clientSecret": "{}"}}',
    "https://user:{}@github.com/x.git",
    "https://{}x1@dev.azure.com/org/p",
    "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n{}",
    "ghp_{0}{0}",
    "hf_{0}",
    "sk-{0}",
    "github_pat_{0}",
)

CLEAN = (
    {
        "tokens": 512,
        "max_tokens": "4096",
        "total_tokens": "123456789",
        "tokenizer": "bert-base-uncased",
        "num_tokens": 5,
    },
    {
        "eos_token": "<|endoftext|>",
        "pad_token": "[PADDING_TOKEN]",
        "special_tokens": ["<s>", "</s>"],
        "stop_token": "###STOP###",
    },
    {
        "continuationToken": "abcdefghijklmnop",
        "skipToken": "abcdefghijkl",
        "nextPageToken": "abcdefghijkl",
        "$skipToken": "abcdefghijkl",
    },
    {
        "tokenExpiryTimeUtc": "2026-11-21T00:00:00Z",
        "secretName": "my-secret-name",
        "secretUri": "https://v.vault.azure.net/secrets/x",
    },
    {
        "keyVault": "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v",
        "keyVaultProperties": {"keyIdentifier": "x"},
    },
    {
        "adminPublicKey": "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC person01@example.com",
        "sshPublicKey": "ssh-rsa AAAAB3NzaC1yc2E",
    },
    {"key": "learning_rate", "value": "0.1"},
    {"name": "tokenizer", "value": "bert-base-uncased"},
    {"credentials": {"credentialsType": "AccountKey", "secretsType": "AccountKey"}, "authMode": "AMLToken"},
    {"primaryKey": None, "secondaryKey": None, "token": None, "password": "", "secret": "********"},
    {"partitionKey": "customer-region-west", "sortKey": "created-descending", "objectKey": "folder/file.parquet"},
    {
        "monkey": "chimpanzee-and-more",
        "keyboard": "qwertz-de-latin",
        "turkey": "istanbul-ankara",
        "passenger": "first-class-seat",
    },
    {"pass_rate": "0.98 of everything", "passThrough": "some-step-output", "bypass": "never-do-this"},
    {"message": "The access token is invalid. Bearer token authentication is not permitted for http."},
    {"message": "Key not found: learning_rate; expected token: identifier at line 5"},
    {"command": "python train.py --lr 0.1 --max-tokens 512 --tokenizer bert --keys a,b --output ${{outputs.model}}"},
    {"command": "python x.py --password $PASSWORD --token ${{secrets.token}} --api-key {api_key}"},
    {
        "uri": "azureml://locations/westeurope/workspaces/x/models/m/versions/1",
        "git": "https://org@dev.azure.com/org/p/_git/r",
    },
    {
        "path": "abfss://container-with-a-very-long-name-here@account.dfs.core.windows.net/x",
        "mail": "person01@example.com",
    },
    {"signature": {"inputs": "[]"}, "design": "sig=0.05", "assignment": "x=1", "sigma": 0.5},
    {"authorization": {"action": "Microsoft.Resources/deployments/write", "scope": "/subscriptions/s"}},
    {
        "etag": '"0x8D9ABCDEF"',
        "md5": "Q2hlY2sgSW50ZWdyaXR5IQ==",
        "sha": "a" * 64,
        "guid": "8d0fa1f2-3e0a-4c0b-9d4e-0123456789ab",
    },
    {"number": 0.1, "large": 123456789012345678901234567890, "e": 1e-300, "deep": [[[{"a": [None, True]}]]]},
)
