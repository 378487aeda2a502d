"""Words that the demo's customers are made of, each as (Chinese, English)."""

# City, region.
CITIES = [
    (("上海", "Shanghai"), ("华东", "East China")),
    (("杭州", "Hangzhou"), ("华东", "East China")),
    (("南京", "Nanjing"), ("华东", "East China")),
    (("苏州", "Suzhou"), ("华东", "East China")),
    (("宁波", "Ningbo"), ("华东", "East China")),
    (("北京", "Beijing"), ("华北", "North China")),
    (("天津", "Tianjin"), ("华北", "North China")),
    (("青岛", "Qingdao"), ("华北", "North China")),
    (("深圳", "Shenzhen"), ("华南", "South China")),
    (("广州", "Guangzhou"), ("华南", "South China")),
    (("厦门", "Xiamen"), ("华南", "South China")),
    (("成都", "Chengdu"), ("西南", "Southwest China")),
    (("重庆", "Chongqing"), ("西南", "Southwest China")),
    (("武汉", "Wuhan"), ("华中", "Central China")),
    (("长沙", "Changsha"), ("华中", "Central China")),
    (("西安", "Xi'an"), ("西北", "Northwest China")),
]
ABROAD = [
    (("新加坡", "Singapore"), ("海外", "Overseas")),
    (("香港", "Hong Kong"), ("海外", "Overseas")),
]

BRANDS = [
    ("云帆", "Yunfan"), ("蓝海", "Lanhai"), ("明德", "Mingde"), ("天启", "Tianqi"), ("云杉", "Yunshan"),
    ("恒远", "Hengyuan"), ("瑞丰", "Ruifeng"), ("星河", "Xinghe"), ("启明", "Qiming"), ("安禾", "Anhe"),
    ("海川", "Haichuan"), ("凌云", "Lingyun"), ("金梧", "Jinwu"), ("中禾", "Zhonghe"), ("华岳", "Huayue"),
    ("博远", "Boyuan"), ("嘉禾", "Jiahe"), ("同创", "Tongchuang"), ("万象", "Wanxiang"), ("新程", "Xincheng"),
    ("远航", "Yuanhang"), ("青禾", "Qinghe"), ("百川", "Baichuan"), ("长风", "Changfeng"), ("盛景", "Shengjing"),
    ("亿澜", "Yilan"), ("卓然", "Zhuoran"), ("东篱", "Dongli"), ("正禾", "Zhenghe"), ("润泽", "Runze"),
    ("鼎新", "Dingxin"), ("知行", "Zhixing"), ("山海", "Shanhai"), ("君合", "Junhe"), ("和光", "Heguang"),
    ("睿智", "Ruizhi"), ("思源", "Siyuan"), ("锦程", "Jincheng"), ("弘毅", "Hongyi"), ("飞鸿", "Feihong"),
]  # fmt: skip

INDUSTRIES = [
    ("物流", "Logistics"), ("制造", "Manufacturing"), ("教育", "Education"), ("医疗", "Healthcare"),
    ("零售", "Retail"), ("食品", "Food"), ("能源", "Energy"), ("建筑", "Construction"), ("金融", "Finance"),
    ("互联网", "Internet"),
]  # fmt: skip

SURNAMES = [
    ("王", "Wang"), ("李", "Li"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen"), ("杨", "Yang"), ("赵", "Zhao"),
    ("黄", "Huang"), ("周", "Zhou"), ("吴", "Wu"), ("徐", "Xu"), ("孙", "Sun"), ("朱", "Zhu"), ("马", "Ma"),
    ("胡", "Hu"), ("郭", "Guo"), ("林", "Lin"), ("何", "He"), ("高", "Gao"), ("梁", "Liang"),
]  # fmt: skip
# People of the demo are a surname with an address, so that nobody real is meant.
ADDRESSES = [("先生", "Mr"), ("女士", "Ms")]

# Title, buying roles.
TITLES = [
    (("信息化主管", "Head of IT"), ["evaluator"]),
    (("运营经理", "Operations manager"), ["user"]),
    (("采购经理", "Purchasing manager"), ["budget_owner"]),
    (("总经理", "General manager"), ["decision_maker"]),
    (("财务总监", "Finance director"), ["budget_owner", "signer"]),
    (("业务总监", "Business director"), ["decision_maker", "user"]),
]

# How the people of the demo stand to the firm, in turn.
STANCES = ["supporter", "unknown", "champion", "neutral", "unknown", "sceptic", "neutral", "opponent", "champion"]

PRODUCTS = {
    "core": ("协同平台", "Collaboration platform"),
    "insight": ("数据分析", "Insight"),
    "connect": ("开放接口", "Connect"),
    "support": ("高级支持", "Premium support"),
    "rollout": ("实施服务", "Rollout"),
}

# What explains the course of the figures: how many months ago, and in which words.
ANNOTATIONS = (
    (17, ("价格表上调 8%", "Price list up 8 %")),
    (8, ("华东机房停机 5 小时", "Outage of 5 hours in the east")),
    (3, ("推出自助入门", "Self-service onboarding")),
)

# Channel: (name, share of the yearly spend, share of the customers it brings).
# What the spend of a channel is for, in the first and in the second half of a year.
CAMPAIGNS = {
    "seminar": [("春季巡展", "Spring roadshow"), ("秋季峰会", "Autumn summit")],
    "paid": [("行业词", "Industry terms"), ("年终促销", "Year-end offer")],
}
CHANNELS = {
    "seminar": ("行业研讨会", "Industry seminars"),
    "content": ("内容与搜索", "Content and search"),
    "paid": ("付费搜索", "Paid search"),
    "partner": ("合作伙伴", "Partners"),
    "sales": ("直销团队", "Direct sales"),
}

PLANS = [("标准版", "Standard"), ("专业版", "Professional"), ("旗舰版", "Enterprise")]
TAGS = {
    "key": ("重点客户", "Key account"),
    "pilot": ("试点", "Pilot"),
    "price": ("价格敏感", "Price-sensitive"),
    "sites": ("多地部署", "Several sites"),
}
